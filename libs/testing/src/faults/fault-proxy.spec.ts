import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from '../eventually.ts';
import { createRandom } from '../seeded-random.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';

let echo: Server;
/** What the server got, over all connections. */
let received: string;
let proxy: FaultProxy;
let clients: Client[];

interface Client {
  readonly socket: Socket;
  /** What came back so far. */
  readonly heard: () => string;
  /** Sizes of the reads. */
  readonly reads: readonly number[];
  readonly end: () => { readonly hasClosed: boolean; readonly error: string | undefined };
}

async function openClient(): Promise<Client> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' });
  let heard = '';
  let error: string | undefined;
  const reads: number[] = [];
  socket.on('data', (bytes) => {
    heard += bytes.toString();
    reads.push(bytes.length);
  });
  socket.on('error', (failure: NodeJS.ErrnoException) => (error = failure.code));
  const client = { socket, heard: () => heard, reads, end: () => ({ hasClosed: socket.closed, error }) };
  clients.push(client);
  await once(socket, 'connect').catch(() => undefined);
  return client;
}

async function say(client: Client, text: string): Promise<void> {
  const before = client.heard().length;
  client.socket.write(text);
  await eventually(() => expect(client.heard().length).toBe(before + text.length));
}

beforeEach(async () => {
  received = '';
  clients = [];
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received += bytes.toString();
      socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await startFaultProxy({ targetPort: (echo.address() as AddressInfo).port, random: createRandom(7) });
});

afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await proxy.stop();
  await new Promise<void>((resolve) => echo.close(() => resolve()));
});

describe('a proxy without faults', () => {
  it('copies both ways, and the end of either side', async () => {
    const client = await openClient();
    await say(client, 'hello');
    expect(proxy.links).toHaveLength(1);
    client.socket.end();
    await eventually(() => expect(client.end()).toEqual({ hasClosed: true, error: undefined }));
    await eventually(() => expect(proxy.links).toHaveLength(0));
  });

  it('holds little of what nobody reads: the sender has to wait', async () => {
    const client = await openClient();
    client.socket.pause();
    const block = Buffer.alloc(65_536, 'x');
    for (let sent = 0; sent < 1600; sent += 1) client.socket.write(block);
    await eventually(() => expect(received.length).toBeGreaterThan(1_000_000));
    expect(client.socket.writableLength).toBeGreaterThan(50_000_000);
    client.socket.resume();
    await eventually(() => expect(client.heard().length).toBe(1600 * 65_536), { timeoutMs: 15_000 });
  });

  it('closes the client of a target that is not there', async () => {
    const lonely = await startFaultProxy({ targetPort: 1 });
    const socket = connect(lonely.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'close');
    await lonely.stop();
  });
});

describe('each fault', () => {
  it('latency: later, in order, until it is removed', async () => {
    const client = await openClient();
    const fault = proxy.add({ type: 'latency', latencyMs: 120, jitterMs: 20 });
    const startedMs = performance.now();
    await say(client, 'one');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(99);
    client.socket.write('two');
    await eventually(() => expect(received).toBe('onetwo'));
    client.socket.write('three');
    await eventually(() => expect(client.heard()).toBe('onetwothree'));
    fault.remove();
    await say(client, 'four');
    expect(client.heard()).toBe('onetwothreefour');
  });

  it('down: cuts who is there and refuses who comes', async () => {
    const client = await openClient();
    await say(client, 'hello');
    const fault = proxy.add({ type: 'down' });
    await eventually(() => expect(client.end().hasClosed).toBe(true));
    const refused = await openClient();
    await eventually(() => expect(refused.end().hasClosed).toBe(true));
    fault.remove();
    await say(await openClient(), 'again');
    expect(received).toBe('helloagain');
  });

  it('bandwidth: a rate, whichever way it is for', async () => {
    const client = await openClient();
    proxy.add({ type: 'bandwidth', rateKBps: 100, direction: 'upstream' });
    const startedMs = performance.now();
    for (let block = 0; block < 4; block += 1) await say(client, 'x'.repeat(5000));
    // Three pauses of 50 ms lie between four blocks.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(149);
  });

  it('slow_close: the end comes late', async () => {
    const client = await openClient();
    await say(client, 'hello');
    proxy.add({ type: 'slow_close', delayMs: 100 });
    const startedMs = performance.now();
    client.socket.end();
    await eventually(() => expect(client.end().hasClosed).toBe(true));
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(99);
  });

  it('timeout: nothing arrives, then the link is cut; with 0 it is cut when the fault is removed', async () => {
    const first = await openClient();
    const fault = proxy.add({ type: 'timeout', timeoutMs: 60, direction: 'upstream' });
    first.socket.write('lost');
    await eventually(() => expect(first.end().hasClosed).toBe(true));
    fault.remove();
    const second = await openClient();
    const endless = proxy.add({ type: 'timeout', timeoutMs: 0, direction: 'upstream' });
    second.socket.write('lost as well');
    await expect(eventually(() => expect(second.end().hasClosed).toBe(true), { timeoutMs: 100 })).rejects.toThrow();
    endless.remove();
    await eventually(() => expect(second.end().hasClosed).toBe(true));
    expect(received).toBe('');
  });

  it('reset_peer: the client sees a reset', async () => {
    const client = await openClient();
    proxy.add({ type: 'reset_peer', timeoutMs: 20 });
    await eventually(() => expect(client.end()).toEqual({ hasClosed: true, error: 'ECONNRESET' }));
  });

  it('slicer: small pieces, all of them', async () => {
    const client = await openClient();
    proxy.add({ type: 'slicer', averageBytes: 10, variationBytes: 5, delayMs: 1 });
    await say(client, 'abcdefghij'.repeat(10));
    expect(client.heard()).toBe('abcdefghij'.repeat(10));
    expect(client.reads.length).toBeGreaterThan(3);
  });

  it('limit_data: so many bytes, then the link is cut', async () => {
    const client = await openClient();
    proxy.add({ type: 'limit_data', bytes: 7 });
    client.socket.write('hello');
    await eventually(() => expect(client.heard()).toBe('hello'));
    client.socket.write('hello');
    await eventually(() => expect(client.end().hasClosed).toBe(true));
    expect(client.heard()).toBe('hellohe');
  });

  it('drop_replies: what was asked is done, and nobody knows', async () => {
    const client = await openClient();
    const fault = proxy.add({ type: 'drop_replies', cutAfterMs: 40 });
    client.socket.write('do it');
    await eventually(() => expect(client.end().hasClosed).toBe(true));
    expect(received).toBe('do it');
    expect(client.heard()).toBe('');
    fault.remove();
    await say(await openClient(), 'again');
  });

  it('silence: only the chosen links, which stay open', async () => {
    const [subscriber, other] = [await openClient(), await openClient()];
    await say(subscriber, 'SUBSCRIBE to news');
    const fault = proxy.add({ type: 'silence', links: (link) => link.hasSaid('subscribe') });
    subscriber.socket.write('anything?');
    await say(other, 'still heard');
    await eventually(() => expect(received).toContain('anything?'));
    expect(subscriber.heard()).toBe('SUBSCRIBE to news');
    expect(subscriber.end().hasClosed).toBe(false);
    fault.remove();
    await eventually(() => expect(subscriber.end().hasClosed).toBe(true));
    expect(other.end().hasClosed).toBe(false);
  });

  it('filter: what it lets through, with a memory for each link', async () => {
    let filters = 0;
    const createFilter = () => {
      filters += 1;
      return (bytes: Buffer) => Buffer.from(bytes.toString().replaceAll('b', ''));
    };
    const [first, second] = [await openClient(), await openClient()];
    proxy.add({ type: 'filter', createFilter });
    for (const client of [first, second, first]) client.socket.write('abc');
    await eventually(() => expect([first.heard(), second.heard()]).toEqual(['acac', 'ac']));
    expect(filters).toBe(2);
  });
});
