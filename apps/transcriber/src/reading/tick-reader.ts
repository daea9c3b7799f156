import type { AudioCursor, AudioEntry, TranscriberSide } from '@verbatim/backbone';
import { tickDelayMs } from './tick-pace.ts';

/** Pause after a read that Redis did not answer, doubled up to the longest. Units: milliseconds. */
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;

/** Something that wants its audio read. */
export interface AudioSink {
  /** `undefined` while it wants nothing. */
  readonly cursor: AudioCursor | undefined;
  /** What was read from `cursor`; the sink may want to read from elsewhere by now. */
  accept(entries: readonly AudioEntry[], cursor: AudioCursor): void;
}

export interface TickReaderOptions {
  readonly readAudio: TranscriberSide['readAudio'];
  readonly sinks: () => Iterable<AudioSink>;
  readonly tickMs: number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly onReadFailed: (error: unknown) => void;
}

/** Reads the audio of all sessions in one call per tick; slows down by itself when nothing arrives. */
export interface TickReader {
  /** Reads at once and at full pace again: a session was added. */
  hasten(): void;
  /** Resolves when no read is in flight any more. */
  stop(): Promise<void>;
}

export function startTickReader(options: TickReaderOptions): TickReader {
  let emptyReads = 0;
  let failures = 0;
  let cancel: (() => void) | undefined;
  let reading: Promise<void> | undefined;
  let isStopped = false;

  function plan(delayMs: number): void {
    cancel?.();
    cancel = isStopped ? undefined : options.after(delayMs, tick);
  }

  function tick(): void {
    reading ??= readOnce().finally(() => {
      reading = undefined;
      plan(nextDelayMs());
    });
  }

  function nextDelayMs(): number {
    if (failures === 0) return tickDelayMs(options.tickMs, emptyReads);
    return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10)) * (0.5 + options.random() / 2);
  }

  async function readOnce(): Promise<void> {
    const wanting = [...options.sinks()].flatMap((sink) => {
      const { cursor } = sink;
      return cursor === undefined ? [] : [{ sink, cursor }];
    });
    emptyReads += 1;
    if (wanting.length === 0) return;
    try {
      const read = await options.readAudio(wanting.map(({ cursor }) => cursor));
      failures = 0;
      if (read.size > 0) emptyReads = 0;
      for (const { sink, cursor } of wanting) sink.accept(read.get(cursor.sessionId) ?? [], cursor);
    } catch (error) {
      failures += 1;
      options.onReadFailed(error);
    }
  }

  plan(0);
  return {
    hasten() {
      emptyReads = 0;
      if (reading === undefined && failures === 0) plan(0);
    },
    async stop() {
      isStopped = true;
      cancel?.();
      await reading;
    },
  };
}
