import type { PendingEntry } from '../../src/audio/append-window.ts';
import { audioEntryId, standingFields } from '../../src/audio/audio-entry.ts';
import type { AnswerRange } from '../../src/gateway/chunk-face.ts';
import { SPOKEN_FRAMES } from './client.ts';
import { framesIn, pcmOf, samplesOf } from './ledger.ts';
import { CLIENT_BYTES } from './link.ts';

/** A piece of what the client says. A repeat is the same bytes, so it has the same digest. */
export interface Chunk {
  readonly index: number;
  readonly fromFrame: number;
  readonly toFrame: number;
  readonly isFinal: boolean;
  readonly digest: string;
}

/** Cuts what the client says into chunks of so many frames; the last one has what is left, which may be nothing. */
export function cutIntoChunks(sizes: readonly number[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let frame = 0;
  for (const size of sizes) {
    if (frame + size > SPOKEN_FRAMES) break;
    chunks.push(chunkOf(chunks.length, frame, frame + size, false));
    frame += size;
  }
  return [...chunks, chunkOf(chunks.length, frame, SPOKEN_FRAMES, true)];
}

function chunkOf(index: number, before: number, toFrame: number, isFinal: boolean): Chunk {
  return { index, fromFrame: before + 1, toFrame, isFinal, digest: `bytes of ${index}` };
}

/** What the model knows of chunks without asking the record; it follows the answers, and goes back with Redis at a failover. */
export interface ChunkKnowledge {
  /** Index of the chunk that is next: all before it were taken, once and in order. */
  readonly next: number;
  /** As the last chunk left it. */
  readonly decoder: string;
  /** Audio up to here came of the chunks that were taken. */
  readonly takenFrame: number;
  readonly finalIndex: number | undefined;
  /** Finals up to here were told. */
  readonly toldSeq: number;
  /** The answers that are remembered. */
  readonly answers: ReadonlyMap<number, AnswerRange>;
}

export const NO_CHUNKS: ChunkKnowledge = {
  ...{ next: 0, decoder: '', takenFrame: 0, finalIndex: undefined, toldSeq: 0, answers: new Map() },
};

/** The decoder gives frames in pairs only: an odd one waits in its state for the next chunk, or for the end. */
const PAIR_FRAMES = 2;

/** What a decoder makes of a chunk, from the state that the record holds: the contents of frames travel through that state. */
export interface Decoded {
  readonly entries: readonly PendingEntry[];
  readonly decoder: string;
  readonly givenFrame: number;
}

interface DecoderState {
  readonly givenFrame: number;
  /** Contents of the frames that wait. */
  readonly carry: readonly number[];
}

/** Decodes as a replica does that knows nothing but the record and the chunk: the same bytes from the same state give the same entries. */
export function decodeChunk(state: string, { fromFrame, toFrame, isFinal }: Chunk): Decoded {
  const before = (state === '' ? { givenFrame: 0, carry: [] } : JSON.parse(state)) as DecoderState;
  const contents = [...before.carry, ...framesIn(pcmOf(fromFrame, toFrame))];
  const entries: PendingEntry[] = [];
  let { givenFrame } = before;
  while (contents.length >= PAIR_FRAMES || (isFinal && contents.length > 0)) {
    const given = contents.splice(0, PAIR_FRAMES);
    givenFrame += given.length;
    entries.push(entryOf(given, givenFrame));
  }
  return { entries, decoder: JSON.stringify({ givenFrame, carry: contents }), givenFrame };
}

function entryOf(contents: readonly number[], endFrame: number): PendingEntry {
  const position = { sample: samplesOf(endFrame), clientBytes: endFrame * CLIENT_BYTES };
  const pcm = Buffer.concat(contents.map((content) => pcmOf(content, content)));
  return {
    streamId: audioEntryId(position.sample),
    fields: ['d', pcm, ...standingFields(position)],
    bytes: pcm.length,
    position,
  };
}
