/** Ends a request when it takes too long, when its answer stalls, or when somebody calls it off. */
export interface RequestDeadline {
  /** Given to the request. */
  readonly signal: AbortSignal;
  /** True once time, and nobody, has ended the request. */
  readonly isExpired: boolean;
  /** A part of the answer came: the next one has this long. Units: milliseconds. */
  expectWithin(waitMs: number): void;
  /** The request is over: lets go of timers and signals. */
  stop(): void;
}

/**
 * Starts the clock of a request. The client library's own timeout ends with the answer's first byte; this one goes on to its last.
 *
 * @param totalMs Longest wait for the whole answer. Units: milliseconds.
 * @param callers Signals that call the request off.
 */
export function startDeadline(totalMs: number, callers: readonly AbortSignal[]): RequestDeadline {
  const controller = new AbortController();
  let isExpired = false;
  const callOff = (): void => controller.abort();
  const expire = (): void => {
    isExpired = !controller.signal.aborted;
    controller.abort();
  };
  const total = setTimeout(expire, totalMs);
  let next: NodeJS.Timeout | undefined;
  for (const caller of callers) {
    if (caller.aborted) callOff();
    caller.addEventListener('abort', callOff);
  }
  return {
    signal: controller.signal,
    get isExpired() {
      return isExpired;
    },
    expectWithin(waitMs) {
      clearTimeout(next);
      next = setTimeout(expire, waitMs);
    },
    stop() {
      clearTimeout(total);
      clearTimeout(next);
      for (const caller of callers) caller.removeEventListener('abort', callOff);
    },
  };
}
