import { fileURLToPath } from 'node:url';
import { startProcess, startRedis, type PrivateRedis, type StartedProcess } from '@verbatim/testing';

const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url));

export interface FleetOptions {
  readonly gateways: number;
  readonly transcribers: number;
  /** Value of `STT_PROVIDERS`, for example `ledger` or `local`. */
  readonly providers: string;
  /** Further environment of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Append-only file on, so that a killed Redis comes back with its data. Default false. */
  readonly isRedisDurable?: boolean;
}

export interface FleetGateway {
  readonly process: StartedProcess;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

/** Real processes over a private Redis: what a deployment is, on one machine. */
export interface Fleet {
  readonly redis: PrivateRedis;
  readonly gateways: readonly FleetGateway[];
  readonly transcribers: readonly StartedProcess[];
  startGateway(env?: Readonly<Record<string, string>>): Promise<FleetGateway>;
  startTranscriber(env?: Readonly<Record<string, string>>): Promise<StartedProcess>;
  /** Stops every process that is still there, newest first, then Redis. */
  stop(): Promise<void>;
}

/** Starts the built apps (`npx nx run-many -t build` first) and resolves when all of them are ready. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const redis = await startRedis({ appendOnly: options.isRedisDurable ?? false });
  const gateways: FleetGateway[] = [];
  const transcribers: StartedProcess[] = [];
  const baseEnv = { REDIS_URL: redis.url, STT_PROVIDERS: options.providers, ...options.env };

  const fleet: Fleet = {
    redis,
    gateways,
    transcribers,
    async startGateway(env = {}) {
      const { process, ready } = await startApp('gateway', { ...baseEnv, HOST: '127.0.0.1', PORT: '0', ...env });
      const gateway = { process, url: `http://127.0.0.1:${ready['port'] as number}` };
      gateways.push(gateway);
      return gateway;
    },
    async startTranscriber(env = {}) {
      const { process } = await startApp('transcriber', { ...baseEnv, ...env });
      transcribers.push(process);
      return process;
    },
    async stop() {
      const processes = [...gateways.map((gateway) => gateway.process), ...transcribers];
      await Promise.all(processes.map((process) => process.stop()));
      await redis.stop();
    },
  };

  try {
    // Transcribers first: a gateway refuses sessions while nobody can serve them.
    for (let count = 0; count < options.transcribers; count += 1) await fleet.startTranscriber();
    for (let count = 0; count < options.gateways; count += 1) await fleet.startGateway();
    return fleet;
  } catch (failure) {
    await fleet.stop();
    throw failure;
  }
}

async function startApp(
  name: 'gateway' | 'transcriber',
  env: Readonly<Record<string, string>>,
): Promise<{ readonly process: StartedProcess; readonly ready: Readonly<Record<string, unknown>> }> {
  let ready: Readonly<Record<string, unknown>> = {};
  const process = await startProcess({
    name,
    command: globalThis.process.execPath,
    args: ['--enable-source-maps', `apps/${name}/dist/main.js`],
    cwd: workspaceRoot,
    env,
    isReady(line) {
      const entry = parseLogLine(line);
      if (entry?.['event'] !== 'ready') return false;
      ready = entry;
      return true;
    },
  });
  return { process, ready };
}

function parseLogLine(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  return JSON.parse(line) as Readonly<Record<string, unknown>>;
}
