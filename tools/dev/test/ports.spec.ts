import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { choosePort, freePort } from '../run/ports.mjs';

const HOST = '127.0.0.1';
const servers: Server[] = [];

async function listen(port: number): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(port, HOST, resolve).once('error', () => resolve()));
  return (server.address() as AddressInfo | null)?.port ?? port;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe('choosePort', () => {
  it('takes the port the user set', async () => {
    const port = await freePort();
    expect(await choosePort(String(port), HOST)).toEqual({ port, isDefault: true });
  });

  it('refuses a port the user set that is taken', async () => {
    const port = await listen(0);
    await expect(choosePort(String(port), HOST)).rejects.toMatchObject({
      exitCode: 69,
      message: expect.stringContaining(`PORT ${port} is taken`),
    });
  });

  it.each(['http', '0', '65536', '80.5', '-1'])('refuses PORT %j as no port', async (wanted) => {
    await expect(choosePort(wanted, HOST)).rejects.toMatchObject({ exitCode: 78 });
  });

  it('goes on to the next free port when the default is taken and none was set', async () => {
    await listen(8080);
    const { port, isDefault } = await choosePort(undefined, HOST);
    expect(port).toBeGreaterThan(8080);
    expect(isDefault).toBe(false);
  });
});
