/** The parts of a WebSocket that are written to. */
export interface OutgoingSocket {
  /** Bytes accepted and not yet given to the kernel. */
  readonly bufferedAmount: number;
  send(text: string): void;
}

export interface OutgoingBounds {
  readonly congestedBytes: number;
  readonly overflowBytes: number;
}

/**
 * What goes to one client. Durable messages always go out, in order. Transient ones (interims, speech events) go out while
 * the client reads; while it does not, only the newest is kept and the rest are counted. That it does not read shows by a pong
 * that stays away first, and by bytes that wait here much later, when the kernel's buffers are full.
 *
 * Invariant: what waits is bounded by `overflowBytes` plus one message; past it {@link isOverflowing} says so and the
 * connection is closed.
 */
export class OutgoingQueue {
  readonly #socket: OutgoingSocket;
  readonly #bounds: OutgoingBounds;
  #newestTransient: string | undefined;
  #isPeerSilent = false;
  #sentMessages = 0;
  #droppedTransients = 0;

  constructor(socket: OutgoingSocket, bounds: OutgoingBounds) {
    this.#socket = socket;
    this.#bounds = bounds;
  }

  get sentMessages(): number {
    return this.#sentMessages;
  }

  get droppedTransients(): number {
    return this.#droppedTransients;
  }

  get isOverflowing(): boolean {
    return this.#socket.bufferedAmount > this.#bounds.overflowBytes;
  }

  /** Its pong is late, or has come. */
  setPeerSilent(isSilent: boolean): void {
    this.#isPeerSilent = isSilent;
  }

  /** Sends it, whatever waits already. A transient that waited is older than it and is dropped. */
  sendDurable(json: string): void {
    this.#dropWaiting();
    this.#send(json);
  }

  /** Sends it, or keeps it as the newest while the client does not read. */
  sendTransient(json: string): void {
    this.#dropWaiting();
    if (this.#isCongested()) this.#newestTransient = json;
    else this.#send(json);
  }

  /** Sends the transient that waited, if the client reads again. */
  flushWaiting(): void {
    const waiting = this.#newestTransient;
    if (waiting === undefined || this.#isCongested()) return;
    this.#newestTransient = undefined;
    this.#send(waiting);
  }

  #isCongested(): boolean {
    return this.#isPeerSilent || this.#socket.bufferedAmount > this.#bounds.congestedBytes;
  }

  #dropWaiting(): void {
    if (this.#newestTransient === undefined) return;
    this.#newestTransient = undefined;
    this.#droppedTransients += 1;
  }

  #send(json: string): void {
    this.#sentMessages += 1;
    this.#socket.send(json);
  }
}
