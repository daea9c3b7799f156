/** Calls back after a delay; returns a function that calls it off. Units: milliseconds. */
export type After = (delayMs: number, callback: () => void) => () => void;

export const after: After = (delayMs, callback) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/** What {@link within} answers when the time was up. */
export const TOO_LATE = Symbol('too late');

/** Waits for a promise, but not for longer than `limitMs`; what comes later is dropped, a later error as well. */
export async function within<Value>(
  limitMs: number,
  promise: Promise<Value>,
  start: After,
): Promise<Value | typeof TOO_LATE> {
  let cancel: () => void = () => undefined;
  const tooLate = new Promise<typeof TOO_LATE>((resolve) => {
    cancel = start(limitMs, () => resolve(TOO_LATE));
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    cancel();
    promise.catch(() => undefined);
  }
}
