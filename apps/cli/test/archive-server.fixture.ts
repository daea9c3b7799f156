import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';

/** What the server does to one request instead of answering it well. */
export type ServerFault =
  | { readonly kind: 'status'; readonly status: number }
  /** Cuts the connection after so many bytes of the answer. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Sends so many bytes and then nothing. */
  | { readonly kind: 'stall'; readonly afterBytes: number };

/** A place where archives are published: with `Range`, `If-Range` and a `checksum.txt`, and faults on purpose. */
export interface ArchiveServer {
  readonly url: string;
  readonly requests: readonly { readonly path: string; readonly range: string | undefined }[];
  publish(name: string, content: Buffer): void;
  /** Met by the requests for archives, one each, in order. */
  faults: (ServerFault | undefined)[];
  /** The list that is published; `undefined` for none. */
  checksums: string | undefined;
  stop(): Promise<void>;
}

export const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

export async function startArchiveServer(): Promise<ArchiveServer> {
  const archives = new Map<string, Buffer>();
  const requests: { path: string; range: string | undefined }[] = [];
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const archiveServer: ArchiveServer = {
    ...{ requests, faults: [], checksums: undefined },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish: (name, content) => void archives.set(`/${name}`, content),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    requests.push({ path, range: request.headers.range });
    if (path === '/checksum.txt' && archiveServer.checksums !== undefined) {
      response.end(archiveServer.checksums);
      return;
    }
    const content = archives.get(path);
    if (content === undefined) return void response.writeHead(404).end();
    const fault = archiveServer.faults.shift();
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end();
    send(request, response, { content, fault });
  }
  return archiveServer;
}

function send(
  { headers }: IncomingMessage,
  response: ServerResponse,
  {
    content,
    fault,
  }: { readonly content: Buffer; readonly fault: Exclude<ServerFault, { kind: 'status' }> | undefined },
): void {
  const etag = `"${sha256Of(content).slice(0, 16)}"`;
  const from = headers['if-range'] === etag ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
  if (from >= content.length)
    return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  const body = content.subarray(from);
  const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, { etag, 'content-length': body.length, ...range });
  if (fault === undefined) return void response.end(body);
  response.write(body.subarray(0, fault.afterBytes), () => {
    if (fault.kind === 'cut') response.destroy();
  });
}
