/** Bounds of a pulse. Units: milliseconds. */
export interface PulseBounds {
  /** How often a ping is sent. */
  readonly pingIntervalMs: number;
  /** A pong that is missing for so long: the client does not read just now. */
  readonly slowPongMs: number;
  /** A pong that is missing for so long: nobody is there. */
  readonly pongTimeoutMs: number;
}

/** What a look at the pulse came to. */
export type PulseFinding = 'fine' | 'ping_now' | 'slow' | 'lost';

/**
 * Notices by pings that a client does not read. It is the first sign of a slow consumer: measured on loopback, the kernel's
 * buffers take 3.7 MB, thousands of messages, before `bufferedAmount` leaves 0; a pong stays away at once.
 *
 * While no frame is read from the client its pong cannot arrive either: then none is awaited. The ping is still sent, and shows a
 * socket that is gone.
 */
export class Pulse {
  readonly #bounds: PulseBounds;
  #pingedAtMs: number;
  #isPongAwaited = false;

  constructor(bounds: PulseBounds, nowMs: number) {
    this.#bounds = bounds;
    this.#pingedAtMs = nowMs;
  }

  /** Looked at once a round. After `ping_now` the caller sends one. */
  look({ nowMs, isHeld }: { readonly nowMs: number; readonly isHeld: boolean }): PulseFinding {
    if (isHeld) this.#isPongAwaited = false;
    const sincePingMs = nowMs - this.#pingedAtMs;
    if (this.#isPongAwaited) {
      if (sincePingMs >= this.#bounds.pongTimeoutMs) return 'lost';
      return sincePingMs >= this.#bounds.slowPongMs ? 'slow' : 'fine';
    }
    if (sincePingMs < this.#bounds.pingIntervalMs) return 'fine';
    this.#pingedAtMs = nowMs;
    this.#isPongAwaited = true;
    return 'ping_now';
  }

  notePong(): void {
    this.#isPongAwaited = false;
  }
}
