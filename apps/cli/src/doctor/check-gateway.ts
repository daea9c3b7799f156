import { createServer } from 'node:net';
import { fail, ok, warn, type Finding } from './finding.ts';

const TIMEOUT_MS = 3_000;

export interface GatewayPlace {
  /** `ws://`, `wss://`, `http://` or `https://` address. */
  readonly url: string;
  /** True where the user named it, so that it ought to be there. */
  readonly isNamed: boolean;
}

/**
 * Checks the gateway's health if one runs; otherwise, whether its port is free for one.
 * @throws never
 */
export async function checkGateway({ url, isNamed }: GatewayPlace): Promise<readonly Finding[]> {
  const address = new URL(url.replace(/^ws/, 'http'));
  const health = await readHealth(new URL('/health', address));
  if (health !== undefined) return [judgeHealth(health, address.host)];
  const isFree = await isPortFree(Number(address.port || '80'), address.hostname);
  if (isNamed) {
    return [fail('gateway', `no gateway answers at ${address.host}`, 'Start it, or correct --url or VERBATIM_URL.')];
  }
  const gateway = ok('gateway', `none runs at ${address.host}; npm start brings one`);
  if (isFree) return [gateway, ok('port', `${address.port} is free`)];
  return [
    gateway,
    warn(
      'port',
      `${address.port} is taken by another program`,
      'Stop it or set PORT; npm start takes the next free one.',
    ),
  ];
}

interface Health {
  readonly httpStatus: number;
  readonly status: string;
}

function judgeHealth({ httpStatus, status }: Health, where: string): Finding {
  const isWell = httpStatus === 200 && ['ok', 'healthy', 'pass'].includes(status);
  if (isWell) return ok('gateway', `the gateway at ${where} says it is ${status}`);
  const advice = `Look at http://${where}/health, which names the part that is not well.`;
  return httpStatus === 200
    ? warn('gateway', `the gateway at ${where} says it is ${status}`, advice)
    : fail('gateway', `the gateway at ${where} answers ${httpStatus}, ${status}`, advice);
}

/** Undefined where nothing answers, or something that is no gateway. */
async function readHealth(url: URL): Promise<Health | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body: unknown = await response.json();
    const status = typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined;
    return typeof status === 'string' ? { httpStatus: response.status, status } : undefined;
  } catch {
    return undefined;
  }
}

function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
