import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy before Redis that fails on command. */
export interface FaultyProxy {
  readonly url: string;
  /** Cuts every connection. */
  cut(): void;
  /** From now on the connections that exist pass nothing from Redis on any more, and stay open. New ones are fine. */
  muteSubscribers(): void;
  /** Lets requests through, keeps the replies back and then cuts: what was asked is done, and nobody knows. */
  loseReplies(): Promise<void>;
  stop(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isSubscriber: boolean;
  isMuted: boolean;
}

/** Long enough for a request under way to reach Redis. */
const KEEP_BACK_MS = 15;

export async function startFaultyProxy(redisPort: number): Promise<FaultyProxy> {
  const links = new Set<Link>();
  const listener = createServer((client) => {
    const link: Link = { client, server: connect(redisPort, '127.0.0.1'), isSubscriber: false, isMuted: false };
    links.add(link);
    client.on('data', (data) => {
      if (data.includes('subscribe')) link.isSubscriber = true;
      link.server.write(data);
    });
    link.server.on('data', (data) => {
      if (!link.isMuted) client.write(data);
    });
    for (const socket of [client, link.server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        drop(link);
        links.delete(link);
      });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const cut = () => links.forEach(drop);
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    cut,
    muteSubscribers() {
      for (const link of links) if (link.isSubscriber) link.isMuted = true;
    },
    async loseReplies() {
      for (const link of links) link.isMuted = true;
      await new Promise((resolve) => setTimeout(resolve, KEEP_BACK_MS));
      cut();
    },
    stop() {
      cut();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
}

function drop({ client, server }: Link): void {
  client.destroy();
  server.destroy();
}
