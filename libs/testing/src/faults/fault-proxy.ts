import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createRandom, type SeededRandom } from '../seeded-random.ts';
import { hits, type Fault, type ProxiedLink } from './fault.ts';
import { Link } from './link.ts';

export interface FaultProxyOptions {
  /** Port on 127.0.0.1 that the proxy stands before. */
  readonly targetPort: number;
  /** Chance for jitter and slices; default a generator from seed 1. */
  readonly random?: SeededRandom;
}

export interface AddedFault {
  /**
   * Ends the fault. Links that it swallowed bytes of are cut: a byte stream with a hole in it is nothing that TCP knows.
   * A second call does nothing.
   */
  remove(): void;
}

/** A TCP proxy on 127.0.0.1 that fails on command. */
export interface FaultProxy {
  readonly port: number;
  /** Links that are open, oldest first. */
  readonly links: readonly ProxiedLink[];
  /** Faults add up; without any the proxy only copies. */
  add(fault: Fault): AddedFault;
  /** Cuts every open link, or those that `which` names; new ones may come at once. */
  cut(which?: (link: ProxiedLink) => boolean): void;
  /** Cuts everything and stops listening. */
  stop(): Promise<void>;
}

/** Starts a proxy on a free port. The target may come and go: a link that it refuses is closed. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { targetPort, random = createRandom(1) } = options;
  const links = new Set<Link>();
  const faults = new Set<Fault>();
  const isDown = () => [...faults].some(({ type }) => type === 'down');
  let lastId = 0;

  const accept = (client: Socket) => {
    if (isDown()) return client.resetAndDestroy();
    lastId += 1;
    const link = new Link({ id: lastId, client, targetPort, random, faults });
    links.add(link);
    void link.closed.then(() => links.delete(link));
    for (const fault of faults) link.startClock(fault);
  };
  const cut = (which: (link: ProxiedLink) => boolean = () => true) => {
    for (const link of links) if (which(link)) link.cut();
  };
  const server = createServer({ allowHalfOpen: true }, accept);
  const port = await listen(server);

  return {
    port,
    get links() {
      return [...links];
    },
    add(fault) {
      faults.add(fault);
      if (fault.type === 'down') cut();
      for (const link of links) link.startClock(fault);
      return {
        remove() {
          if (!faults.delete(fault)) return;
          for (const link of links) {
            link.stopClock(fault);
            if (link.isTorn && hits(fault, link)) link.cut();
          }
        },
      };
    },
    cut,
    stop() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
