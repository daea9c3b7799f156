import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProbeAnswer } from '@verbatim/observability';

/** A prober that sends its headers slower than this is none. Units: milliseconds. */
const HEADERS_TIMEOUT_MS = 5000;

/** By path: `/livez`. */
export type Probes = Readonly<Record<string, () => ProbeAnswer>>;

export interface ProbeServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens, and answers the probes as JSON and everything else with 404. @throws the listen error (EADDRINUSE, EACCES) */
export async function openProbeServer(
  probes: Probes,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<ProbeServer> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: HEADERS_TIMEOUT_MS });
  server.on('request', (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const probe = Object.hasOwn(probes, path) ? probes[path] : undefined;
    const { httpStatus, body } = probe?.() ?? notFound(probes);
    response.writeHead(httpStatus, { 'content-type': 'application/json; charset=utf-8' });
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function notFound(probes: Probes) {
  const paths = Object.keys(probes).join(', ');
  return { httpStatus: 404, body: { error: `There is nothing here; the probes are ${paths}.`, code: 'not_found' } };
}

/** A probe is answered at once: what is still open at the end is an idle connection. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
