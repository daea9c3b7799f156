import {
  openMediaIntake,
  fromPcm16,
  type AudioChunk,
  type MediaFormat,
  type MediaIntake,
  type MediaStart,
} from '../src/index.ts';

export const CONTAINER: MediaFormat = { encoding: 'container', sampleRateHz: 16_000, channels: 1 };

/** Longer than any fixture. */
const LONGEST_SECONDS = 60;

export interface TakenIn {
  readonly chunks: readonly AudioChunk[];
  readonly header: Uint8Array;
}

export interface TakeInOptions {
  readonly format?: MediaFormat;
  readonly start?: MediaStart;
  readonly longestSeconds?: number;
  /** Lengths of the pieces, in turn. */
  readonly cuts?: readonly number[];
  /** Stops as soon as there are so many. */
  readonly mostChunks?: number;
}

export function openIntake({
  format = CONTAINER,
  start,
  longestSeconds = LONGEST_SECONDS,
}: TakeInOptions): Promise<MediaIntake> {
  return openMediaIntake(format, { ...(start === undefined ? {} : { start }), limits: { longestSeconds } });
}

/** Feeds a whole file, from where the start says. */
export async function takeIn(bytes: Uint8Array, options: TakeInOptions = {}): Promise<TakenIn> {
  const { start, cuts = [4_096], mostChunks = Infinity } = options;
  const intake = await openIntake(options);
  const chunks: AudioChunk[] = [];
  try {
    for (let at = start?.clientBytes ?? 0, turn = 0; at < bytes.length && chunks.length < mostChunks; turn += 1) {
      const length = cuts[turn % cuts.length] ?? 1;
      chunks.push(...intake.accept(bytes.subarray(at, at + length)));
      at += length;
    }
    chunks.push(...intake.end());
    return { chunks, header: intake.header };
  } finally {
    intake.free();
  }
}

/** The bytes of chunks that follow each other: quicker to compare than their samples. */
export function pcmOf(chunks: readonly AudioChunk[]): Buffer {
  return Buffer.concat(chunks.map(({ pcm }) => pcm));
}

/** The sound of chunks that follow each other, one array per channel, −1…1. */
export function soundOf(chunks: readonly AudioChunk[], channels = 1): Float32Array[] {
  const pcm = new Uint8Array(pcmOf(chunks));
  return Array.from({ length: channels }, (_, channel) => fromPcm16(pcm, channel, channels));
}
