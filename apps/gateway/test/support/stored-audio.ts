import type { TranscriberSide } from '@verbatim/backbone';
import type { SessionId } from '@verbatim/protocol';

/** What Redis holds of a session's audio that nobody has trimmed yet. */
export async function readStored(side: TranscriberSide, sessionId: string): Promise<StoredAudio> {
  const entries: string[] = [];
  const pcm: Buffer[] = [];
  let cursor = '0-0';
  for (;;) {
    const id = sessionId as SessionId;
    const read = (await side.readAudio([{ sessionId: id, afterStreamId: cursor }])).get(id) ?? [];
    if (read.length === 0) return { pcm: Buffer.concat(pcm), entries };
    for (const entry of read) {
      entries.push(entry.kind === 'audio' ? `audio ${entry.endSample}` : `${entry.control} ${entry.atSample}`);
      if (entry.kind === 'audio') pcm.push(entry.pcm);
      cursor = entry.streamId;
    }
  }
}

export interface StoredAudio {
  readonly pcm: Buffer;
  /** `audio <end>` and `<mark> <at>`, in order. */
  readonly entries: readonly string[];
}

/** The largest difference between two recordings, sample by sample; Infinity when one is longer. Units: of a 16-bit sample. */
export function largestDifference(one: Buffer, other: Buffer): number {
  if (one.length !== other.length) return Infinity;
  let largest = 0;
  for (let at = 0; at < one.length; at += 2) {
    largest = Math.max(largest, Math.abs(one.readInt16LE(at) - other.readInt16LE(at)));
  }
  return largest;
}
