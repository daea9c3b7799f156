import { AUDIO_CONTROLS, type AudioControl } from '@verbatim/protocol';
import type { AudioEntry, AudioStanding } from '../faces.ts';

/**
 * How audio stands in a session's stream.
 * Shape: audio `<endSample>-0` with fields `d` pcm, `b` client bytes; a mark `<atSample>-<k>` with fields `c` control, `b` client bytes;
 * both for packed audio with `r`, the frame that a decoder gives first which begins at those bytes.
 * Invariant: the value of `b` is the fourth item of every entry, that of `r` the sixth; `resume` and `commit` read them there.
 * @see docs/adr/0001-audio-ids-are-sample-offsets.md
 * @see docs/adr/0014-decoders-live-in-workers.md
 */
export type EntryFields = readonly [name: 'd' | 'c', content: Buffer | string, ...standing: StandingFields];

type StandingFields = readonly [bytesName: 'b', clientBytes: string, ...restart: readonly string[]];

/** Where the client goes on, as an entry says it. */
export function standingFields({ clientBytes, restartFrame }: AudioStanding): StandingFields {
  return ['b', String(clientBytes), ...(restartFrame === undefined ? [] : ['r', String(restartFrame)])];
}

/** Marks of a later connection must not collide with those an earlier one left at the same sample; nobody sends a million. */
const MARKS_PER_CONNECTION = 1_000_000;

/** Nothing stands before the opening entry. */
export const OPENING_ENTRY_ID = '0-1';

export function audioEntryId(endSample: number): string {
  return `${endSample}-0`;
}

/** Id of a mark. `count` is 1, 2, 3 … within the connection; `0-1` is the opening entry's. */
export function markEntryId(atSample: number, connection: number, count: number): string {
  return `${atSample}-${(connection - 1) * MARKS_PER_CONNECTION + count + 1}`;
}

export function sampleOfEntry(streamId: string): number {
  return Number(streamId.slice(0, streamId.indexOf('-')));
}

/** True when an entry stands before another one in the stream: by sample, then by its count at that sample. */
export function isBefore(streamId: string, other: string): boolean {
  const [sample, otherSample] = [sampleOfEntry(streamId), sampleOfEntry(other)];
  return sample === otherSample ? countOf(streamId) < countOf(other) : sample < otherSample;
}

function countOf(streamId: string): number {
  return Number(streamId.slice(streamId.indexOf('-') + 1));
}

/** Reads one entry; `undefined` for the opening entry and for kinds a newer version may write. */
export function decodeEntry(streamId: string, fields: readonly Buffer[]): AudioEntry | undefined {
  const [name, content] = fields;
  if (content === undefined) return undefined;
  switch (name?.toString()) {
    case 'd':
      return { kind: 'audio', streamId, endSample: sampleOfEntry(streamId), pcm: content };
    case 'c': {
      const control = content.toString();
      return isControl(control) ? { kind: 'control', streamId, atSample: sampleOfEntry(streamId), control } : undefined;
    }
    default:
      return undefined;
  }
}

/** True when a stored entry holds exactly what was to be written. */
export function isSameEntry(stored: readonly Buffer[], written: EntryFields): boolean {
  return stored.length === written.length && stored.every((item, index) => item.equals(toBuffer(written[index] ?? '')));
}

function toBuffer(item: Buffer | string): Buffer {
  return typeof item === 'string' ? Buffer.from(item) : item;
}

function isControl(text: string): text is AudioControl {
  return AUDIO_CONTROLS.some((control) => control === text);
}
