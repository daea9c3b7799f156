import type { AudioStanding } from '../faces.ts';
import type { EntryFields } from './audio-entry.ts';

/** One entry on its way to Redis. */
export interface PendingEntry {
  readonly streamId: string;
  readonly fields: EntryFields;
  readonly bytes: number;
  /** Where the audio stands once this is stored; `undefined` for a mark. */
  readonly position: AudioStanding | undefined;
  /** The beginning of the client's file, to be kept in the record together with this entry. */
  readonly mediaHeader?: Buffer;
}

/** The entries of one session that Redis has not acknowledged, in order. */
export interface AppendWindow {
  readonly bytes: number;
  push(entry: PendingEntry): void;
  first(): PendingEntry | undefined;
  /** Takes the first one out: it is stored. */
  acknowledge(): void;
  /** Resolves when everything pushed so far is acknowledged. */
  drained(): Promise<void>;
  /** Nothing more will be stored: whoever waits gets the error. */
  fail(error: Error): void;
}

interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function createAppendWindow(): AppendWindow {
  const entries: PendingEntry[] = [];
  let waiters: Waiter[] = [];
  let bytes = 0;
  let pushed = 0;
  let acknowledged = 0;
  let failure: Error | undefined;

  return {
    get bytes() {
      return bytes;
    },
    push(entry) {
      entries.push(entry);
      bytes += entry.bytes;
      pushed += 1;
    },
    first: () => entries[0],
    acknowledge() {
      bytes -= entries.shift()?.bytes ?? 0;
      acknowledged += 1;
      if (waiters.length === 0) return;
      for (const waiter of waiters) if (waiter.upTo <= acknowledged) waiter.resolve();
      waiters = waiters.filter(({ upTo }) => upTo > acknowledged);
    },
    drained() {
      if (failure) return Promise.reject(failure);
      if (acknowledged === pushed) return Promise.resolve();
      return new Promise((resolve, reject) => waiters.push({ upTo: pushed, resolve, reject }));
    },
    fail(error) {
      failure = error;
      for (const waiter of waiters) waiter.reject(error);
      waiters = [];
    },
  };
}
