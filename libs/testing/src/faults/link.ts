import { connect, type Socket } from 'node:net';
import type { SeededRandom } from '../seeded-random.ts';
import { directionOf, hits, type Fault, type FaultDirection, type ProxiedLink } from './fault.ts';
import { Lane } from './lane.ts';

export interface LinkOptions {
  readonly id: number;
  readonly client: Socket;
  readonly targetPort: number;
  readonly random: SeededRandom;
  /** All faults of the proxy; grows and shrinks. */
  readonly faults: ReadonlySet<Fault>;
}

/** What a client says first tells what kind of client it is; later bytes are only audio and text. */
const MOST_REMEMBERED_BYTES = 65_536;

/** A client, its connection to the target, and the two lanes between them. */
export class Link implements ProxiedLink {
  readonly id: number;
  /** Resolves when both its sockets are closed. */
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #faults: ReadonlySet<Fault>;
  readonly #lanes: readonly Lane[];
  readonly #clocks = new Map<Fault, NodeJS.Timeout>();
  #said = '';

  constructor({ id, client, targetPort, random, faults }: LinkOptions) {
    this.id = id;
    this.#client = client;
    this.#target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    this.#faults = faults;
    const cut = () => this.cut();
    const lane = (direction: FaultDirection) => ({ random, cut, faults: () => this.#faultsOn(direction) });
    this.#lanes = [
      new Lane({ ...lane('upstream'), from: client, to: this.#target, onBytes: (bytes) => this.#remember(bytes) }),
      new Lane({ ...lane('downstream'), from: this.#target, to: client }),
    ];
    this.closed = Promise.all(this.#lanes.map((each) => this.#untilClosed(each))).then(() => undefined);
  }

  /** An orderly end is passed on by the lane, in its own time; a socket that closes without one ends the link. */
  #untilClosed({ from, hasEnded }: Lane): Promise<void> {
    from.setNoDelay(true);
    // A broken socket always closes too, and the close is what tells.
    from.on('error', () => undefined);
    return new Promise((resolve) => {
      from.once('close', () => {
        if (!hasEnded()) this.cut();
        resolve();
      });
    });
  }

  hasSaid(text: string): boolean {
    return this.#said.includes(text.toLowerCase());
  }

  get isTorn(): boolean {
    return this.#lanes.some((lane) => lane.isTorn);
  }

  /** Some faults end a link after a while, whether bytes pass or not. */
  startClock(fault: Fault): void {
    const afterMs = msUntilCut(fault);
    if (afterMs === undefined || !hits(fault, this)) return;
    const end = () => (fault.type === 'reset_peer' ? this.#reset() : this.cut());
    this.#clocks.set(fault, setTimeout(end, afterMs));
  }

  stopClock(fault: Fault): void {
    clearTimeout(this.#clocks.get(fault));
    this.#clocks.delete(fault);
  }

  cut(): void {
    for (const clock of this.#clocks.values()) clearTimeout(clock);
    this.#client.destroy();
    this.#target.destroy();
  }

  #reset(): void {
    this.#client.resetAndDestroy();
    this.cut();
  }

  #remember(bytes: Buffer): void {
    if (this.#said.length < MOST_REMEMBERED_BYTES) this.#said += bytes.toString('latin1').toLowerCase();
  }

  #faultsOn(direction: FaultDirection): readonly Fault[] {
    if (this.#faults.size === 0) return NO_FAULTS;
    return [...this.#faults].filter((fault) => directionOf(fault) === direction && hits(fault, this));
  }
}

const NO_FAULTS: readonly Fault[] = [];

function msUntilCut(fault: Fault): number | undefined {
  switch (fault.type) {
    case 'timeout':
      return fault.timeoutMs === 0 ? undefined : fault.timeoutMs;
    case 'reset_peer':
      return fault.timeoutMs;
    case 'drop_replies':
      return fault.cutAfterMs;
    default:
      return undefined;
  }
}
