import { SttError, type SessionId } from '@verbatim/protocol';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { isReply, isTemporary } from '../connection/storage-error.ts';
import type { AudioWriter, AudioWriterListener } from '../faces.ts';
import { createAppendWindow, type PendingEntry } from './append-window.ts';
import { audioEntryId, markEntryId, type EntryFields } from './audio-entry.ts';
import { createBacklogWatch } from './backlog-watch.ts';
import { isIdRefused, judgeRefusedAppend } from './refused-append.ts';

export interface AudioWriterParts {
  readonly connection: RedisConnection;
  readonly audioKey: string;
  readonly session: { readonly sessionId: SessionId; readonly connection: number };
  readonly start: { readonly sample: number; readonly clientBytes: number };
  readonly windowBytes: number;
  readonly backlogCapSamples: number;
  /** Redis answers and refuses to store (out of memory …); the entry waits and is offered again. */
  readonly onRefused: (error: SttError) => void;
}

/** An {@link AudioWriter} that its side wakes when the connection is back. */
export interface WakeableAudioWriter extends AudioWriter {
  /** Offers what is not acknowledged, oldest first. */
  wake(): void;
}

/** A refusal that passes (maxmemory, loading) is asked again so often: memory that a commit frees is used soon. */
const RETRY_MS = 250;

/**
 * Opens the writer of one session.
 *
 * Invariant: one append of a session is under way at a time, and the next goes when it is acknowledged. A later id that Redis accepts
 * closes the gap before it for good. Worked failure: entries 5 and 6 are sent together at maxmemory, 5 is refused, a commit elsewhere
 * frees memory, 6 is accepted, and 5 can never be stored. At 10 appends a second and a round trip under a millisecond the window is
 * empty most of the time, so this costs nothing; after a cut it refills at a thousand entries a second.
 * @see docs/adr/0001-audio-ids-are-sample-offsets.md
 */
export function createAudioWriter(parts: AudioWriterParts, listener: AudioWriterListener): WakeableAudioWriter {
  const { connection, audioKey } = parts;
  const window = createAppendWindow();
  const pressure = createPressure((isUnderPressure) => listener.onPressure(isUnderPressure));
  const backlog = createBacklogWatch({
    connection,
    audioKey,
    startSample: parts.start.sample,
    capSamples: parts.backlogCapSamples,
    onChange: (isOver) => pressure.set({ backlog: isOver }),
  });
  let position = parts.start;
  let marks = 0;
  let isUnderWay = false;
  let sentBefore: PendingEntry | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let isOver = false;

  const push = (entry: PendingEntry) => {
    if (isOver) return;
    window.push(entry);
    if (window.bytes > parts.windowBytes) pressure.set({ window: true });
    sendFirst();
  };

  const sendFirst = () => {
    const entry = window.first();
    if (entry === undefined || isUnderWay || isOver || !connection.isReady()) return;
    isUnderWay = true;
    const wasSentBefore = sentBefore === entry;
    sentBefore = entry;
    const settled = (error: Error | null | undefined, id?: string | null) => {
      if (isOver) return;
      if (error) return void settleError(entry, error, wasSentBefore);
      if (id === null) return lose(new SttError('resume_unrecoverable', GONE));
      acknowledge(entry);
    };
    connection.client.xadd(audioKey, 'NOMKSTREAM', entry.streamId, ...entry.fields, settled);
  };

  const acknowledge = (entry: PendingEntry) => {
    isUnderWay = false;
    window.acknowledge();
    pressure.set({ refused: false, ...(window.bytes <= parts.windowBytes / 2 ? { window: false } : {}) });
    if (entry.position) {
      backlog.stored(entry.position.sample);
      listener.onStored(entry.position);
    }
    sendFirst();
  };

  const settleError = async (entry: PendingEntry, error: Error, wasSentBefore: boolean) => {
    if (!isIdRefused(error)) return settleRefusal(error);
    try {
      const verdict = await judgeRefusedAppend(connection.client, audioKey, entry, wasSentBefore);
      if (isOver) return;
      if (verdict === 'stored') acknowledge(entry);
      else lose(new SttError('insufficient_state', FOREIGN));
    } catch {
      // it will be refused and judged again; a first refusal, which cannot be a repeat of ours, must then still count as the first
      if (!wasSentBefore) sentBefore = undefined;
      retryLater();
    }
  };

  const settleRefusal = (error: Error) => {
    if (!isTemporary(error)) return lose(connection.toError(error));
    if (isReply(error)) {
      pressure.set({ refused: true });
      parts.onRefused(connection.toError(error));
    }
    retryLater();
  };

  const retryLater = () => {
    isUnderWay = false;
    clearTimeout(retryTimer);
    if (!isOver) retryTimer = setTimeout(sendFirst, RETRY_MS);
  };

  const finish = (error: SttError) => {
    isOver = true;
    clearTimeout(retryTimer);
    backlog.close();
    window.fail(error);
  };

  const lose = (error: SttError) => {
    finish(error);
    listener.onLost(error);
  };

  return {
    append({ endSample, pcm, clientBytes }) {
      position = { sample: endSample, clientBytes };
      const data = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
      push(pendingEntry(audioEntryId(endSample), ['d', data, 'b', String(clientBytes)], position));
    },
    mark(control) {
      marks += 1;
      const id = markEntryId(position.sample, parts.session.connection, marks);
      push(pendingEntry(id, ['c', control, 'b', String(position.clientBytes)], undefined));
    },
    drained: () => window.drained(),
    wake: sendFirst,
    close() {
      if (!isOver)
        finish(
          new SttError('storage_unavailable', 'The writer was closed before all audio was stored; resume the session.'),
        );
    },
  };
}

const GONE = 'The stored audio of this session is gone; start anew, and read the transcript so far by GET.';
const FOREIGN = 'Another connection has written audio for this session; reconnect and resume.';

function pendingEntry(streamId: string, fields: EntryFields, position: PendingEntry['position']): PendingEntry {
  return { streamId, fields, bytes: fields[1].length, position };
}

/** The three reasons for pressure as one signal that is given only when it changes. */
function createPressure(onChange: (isUnderPressure: boolean) => void) {
  let reasons = { window: false, backlog: false, refused: false };
  return {
    set(change: Partial<typeof reasons>) {
      const wasUnder = reasons.window || reasons.backlog || reasons.refused;
      reasons = { ...reasons, ...change };
      const isUnder = reasons.window || reasons.backlog || reasons.refused;
      if (isUnder !== wasUnder) onChange(isUnder);
    },
  };
}
