import { createServer, type AddressInfo } from 'node:net';

/**
 * Finds a TCP port on 127.0.0.1 that nobody listens on now. Another process may take it before you do: where a server can
 * bind port 0 itself, let it.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
