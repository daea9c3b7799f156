import { z } from 'zod';

/** A position on the way from a client's bytes to 16 kHz samples. */
export interface Position {
  readonly sample: number;
  readonly clientBytes: number;
}

/** Where a decoder begins that goes on. */
export interface RestartPoint extends Position {
  readonly restartFrame?: number | undefined;
}

/**
 * What the next upload of a session needs to be decoded, whichever replica takes it.
 *
 * Samples that were stored are not kept: a decoder begins at `start`, is given `header` and then `carry`, and what it gives next is what
 * follows. Positions of a decoder count from where its file began, at `base` on the session's timeline, so that a client may send one file
 * or a new one with every chunk.
 */
export interface DecoderState {
  readonly base: Position;
  readonly start: RestartPoint;
  /** Where the audio ends that was given out; a decoder that begins at `start` may give the last of it once more. */
  readonly endSample: number;
  readonly header: Uint8Array;
  /** The client's bytes from `start` to the end of what was received; packets stay apart. */
  readonly carry: readonly Uint8Array[];
  /** The file was decoded to its end: the next chunk begins another one. */
  readonly isFinished: boolean;
}

const NOTHING: Position = { sample: 0, clientBytes: 0 };

export const INITIAL_STATE: DecoderState = beginningAt(NOTHING);

/** A decoder that has been given nothing yet. */
export function beginningAt(base: Position): DecoderState {
  return { base, start: NOTHING, endSample: 0, header: new Uint8Array(0), carry: [], isFinished: false };
}

/** Bytes that the client has sent, up to the end of the carry. */
export function receivedBytes({ base, start, carry }: DecoderState): number {
  return carry.reduce((sum, piece) => sum + piece.length, base.clientBytes + start.clientBytes);
}

/** Where the audio ends that the decoder has given. */
export function decodedSample({ base, endSample }: DecoderState): number {
  return base.sample + endSample;
}

const count = z.int().min(0);
const position = z.object({ sample: count, clientBytes: count });
const base64 = z.base64();

/** As it stands in the record. An unknown version is another release's: it is refused, not guessed at. */
const storedSchema = z.object({
  v: z.literal(1),
  base: position,
  start: position.extend({ restartFrame: count.optional() }),
  end: count,
  header: base64,
  carry: z.array(base64),
  finished: z.boolean(),
});

export function encodeState({ base, start, endSample, header, carry, isFinished }: DecoderState): string {
  const stored: z.infer<typeof storedSchema> = {
    ...{
      v: 1,
      base,
      start,
      end: endSample,
      header: toBase64(header),
      carry: carry.map(toBase64),
      finished: isFinished,
    },
  };
  return JSON.stringify(stored);
}

/** Reads what {@link encodeState} wrote; empty for a session without a chunk. @throws ZodError when it is something else */
export function decodeState(text: string): DecoderState {
  if (text === '') return INITIAL_STATE;
  const { base, start, end, header, carry, finished } = storedSchema.parse(JSON.parse(text));
  return {
    ...{ base, start, endSample: end, header: fromBase64(header), carry: carry.map(fromBase64), isFinished: finished },
  };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
