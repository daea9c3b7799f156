import { setMaxListeners } from 'node:events';
import { RecognizerError } from '../recognizer.ts';

/** Bounds how many decodes run at once; the rest wait in order of arrival. */
export interface DecodeSlots {
  /**
   * Runs `work` when a slot is free. The slot is held until `work` is over, even if the caller's signal ends the wait before.
   *
   * @throws RecognizerError once closed, or when the signal aborts.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Fails all that wait and run, and resolves when the last running work has let go of the engine. */
  close(): Promise<void>;
}

/** Creates as many slots as the engine may use threads at once. */
export function createDecodeSlots(slots: number): DecodeSlots {
  const waiting: (() => void)[] = [];
  const running = new Set<Promise<unknown>>();
  const closing = new AbortController();
  // One listener for each decode that waits or runs, gone with it; Node would take more than ten for a leak.
  setMaxListeners(0, closing.signal);

  function startNext(): void {
    while (running.size < slots && waiting.length > 0) waiting.shift()?.();
  }

  return {
    run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const giveUp = (): void => {
          const at = waiting.indexOf(start);
          if (at >= 0) waiting.splice(at, 1);
          settle(() => reject(closing.signal.aborted ? closedError() : abortedError()));
        };
        const settle = (outcome: () => void): void => {
          closing.signal.removeEventListener('abort', giveUp);
          signal?.removeEventListener('abort', giveUp);
          outcome();
        };
        const start = (): void => {
          const job = work().then(
            (value) => settle(() => resolve(value)),
            (cause: unknown) => settle(() => reject(asRecognizerError(cause))),
          );
          running.add(job);
          void job.then(() => {
            running.delete(job);
            startNext();
          });
        };
        if (closing.signal.aborted || signal?.aborted) return giveUp();
        closing.signal.addEventListener('abort', giveUp);
        signal?.addEventListener('abort', giveUp);
        waiting.push(start);
        startNext();
      });
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

function closedError(): RecognizerError {
  return new RecognizerError('The recogniser is closed.', { failure: 'called_off' });
}

function abortedError(): RecognizerError {
  return new RecognizerError('The decode was called off.', { failure: 'called_off' });
}

/** The engine's failures carry no code; the same audio may well succeed elsewhere, so another try is worth it. */
export function asRecognizerError(cause: unknown): RecognizerError {
  if (cause instanceof RecognizerError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RecognizerError(`The speech engine failed: ${reason}.`, { failure: 'unavailable', cause });
}
