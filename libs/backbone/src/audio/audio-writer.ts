import { SttError } from '@verbatim/protocol';
import type { RedisConnection } from '../connection/redis-connection.ts';
import type { AudioStanding, AudioWriter, AudioWriterListener } from '../faces.ts';
import type { PendingEntry } from './append-window.ts';
import { audioEntryId, markEntryId, standingFields } from './audio-entry.ts';
import { createBacklogWatch, type BacklogWatch } from './backlog-watch.ts';
import { OrderedAppends } from './ordered-appends.ts';
import { verifyAudio } from './verify-audio.ts';

export interface AudioWriterParts {
  readonly connection: RedisConnection;
  readonly sessionKey: string;
  readonly audioKey: string;
  /** Number of the client's connection; its marks are named after it. */
  readonly clientConnection: number;
  readonly start: AudioStanding;
  readonly windowBytes: number;
  readonly backlogCapSamples: number;
  readonly onRefused: (error: SttError) => void;
}

/** An {@link AudioWriter} that its side tells when the connection is back after a cut. */
export interface ReconnectingAudioWriter extends AudioWriter {
  reconnected(): void;
}

const CLOSED = 'The writer was closed before all audio was stored; resume the session.';

/** Opens the writer of one session. @see OrderedAppends for how nothing is lost or doubled */
export function createAudioWriter(parts: AudioWriterParts, listener: AudioWriterListener): ReconnectingAudioWriter {
  const pressure = createPressure((isUnderPressure) => listener.onPressure(isUnderPressure));
  const backlog = watchBacklog(parts, (isOver) => pressure.set({ backlog: isOver }));
  const appends: OrderedAppends = new OrderedAppends({
    connection: parts.connection,
    sessionKey: parts.sessionKey,
    audioKey: parts.audioKey,
    afterStreamId: audioEntryId(parts.start.sample),
    isContinuation: parts.start.sample > 0,
    verify: (storedStreamId) => verifyAudio(parts.connection, { ...parts, storedStreamId }),
    onStored({ position: stored }) {
      pressure.set({ refused: false, ...(appends.bytes <= parts.windowBytes / 2 ? { window: false } : {}) });
      if (stored === undefined) return;
      backlog.stored(stored.sample);
      listener.onStored(stored);
    },
    onRefused(error) {
      pressure.set({ refused: true });
      parts.onRefused(error);
    },
    onLost(error) {
      backlog.close();
      listener.onLost(error);
    },
  });
  let position = parts.start;
  let marks = 0;

  const push = (entry: Omit<PendingEntry, 'bytes'>) => {
    appends.push({ ...entry, bytes: entry.fields[1].length + (entry.mediaHeader?.length ?? 0) });
    if (appends.bytes > parts.windowBytes) pressure.set({ window: true });
  };

  return {
    append({ endSample, pcm, clientBytes, restartFrame, mediaHeader }) {
      position = { sample: endSample, clientBytes, ...(restartFrame === undefined ? {} : { restartFrame }) };
      const fields = ['d', asBuffer(pcm), ...standingFields(position)] as const;
      const header = mediaHeader === undefined ? {} : { mediaHeader: asBuffer(mediaHeader) };
      push({ streamId: audioEntryId(endSample), fields, position, ...header });
    },
    mark(control) {
      marks += 1;
      const streamId = markEntryId(position.sample, parts.clientConnection, marks);
      push({ streamId, fields: ['c', control, ...standingFields(position)], position: undefined });
    },
    drained: () => appends.drained(),
    reconnected: () => appends.reconnected(),
    close() {
      backlog.close();
      appends.stop(new SttError('storage_unavailable', CLOSED));
    },
  };
}

function watchBacklog(parts: AudioWriterParts, onChange: (isOver: boolean) => void): BacklogWatch {
  const { connection, audioKey, backlogCapSamples } = parts;
  return createBacklogWatch({
    connection,
    audioKey,
    startSample: parts.start.sample,
    capSamples: backlogCapSamples,
    onChange,
  });
}

/** The same memory. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
