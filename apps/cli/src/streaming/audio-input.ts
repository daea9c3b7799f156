import { readFile } from 'node:fs/promises';
import { readAudioFile, toInterleavedPcm16, type AudioFormat } from '@verbatim/audio';
import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';

/** Audio to send: its format and its bytes. A recording is there as a whole, a live source gives them as it goes. */
export type AudioInput =
  | { readonly kind: 'recording'; readonly format: AudioFormat; readonly bytes: Uint8Array }
  | { readonly kind: 'live'; readonly format: AudioFormat; readonly bytes: AsyncIterable<Uint8Array> };

/** Where the audio comes from. A file without a given format says its format itself. */
export type AudioOrigin =
  | { readonly kind: 'file'; readonly path: string; readonly raw: AudioFormat | undefined }
  | { readonly kind: 'standard input'; readonly raw: AudioFormat };

/** What the gateway takes. */
const SAMPLE_RATES_HZ = { lowest: 8_000, highest: 48_000 };
const MOST_CHANNELS = 2;

const BYTES_PER_SAMPLE: Readonly<Record<AudioFormat['encoding'], number>> = {
  pcm_s16le: 2,
  pcm_f32le: 4,
  mulaw: 1,
  alaw: 1,
};

/**
 * Opens an audio file of any kind that says itself what it is, a file of raw audio, or raw audio on standard input.
 * @throws CommandFailure for a file that is not there, may not be read, or is too fast or has too many channels
 * @throws SttError for a file that is no audio, see `readAudioFile`
 */
export async function openAudioInput(
  origin: AudioOrigin,
  standardInput: () => AsyncIterable<Uint8Array>,
): Promise<AudioInput> {
  const { raw } = origin;
  if (origin.kind === 'standard input') return { kind: 'live', format: origin.raw, bytes: standardInput() };
  const bytes = await readWhole(origin.path);
  if (raw === undefined) return fromContainer(bytes);
  return { kind: 'recording', format: raw, bytes };
}

/** How long an input is; undefined while nobody knows. Units: milliseconds. */
export function durationMs(input: AudioInput): number | undefined {
  return input.kind === 'live' ? undefined : (input.bytes.length / bytesPerSecond(input.format)) * 1000;
}

/** Units: bytes in one second of all channels. */
export function bytesPerSecond({ encoding, sampleRateHz, channels }: AudioFormat): number {
  return BYTES_PER_SAMPLE[encoding] * sampleRateHz * channels;
}

async function fromContainer(bytes: Uint8Array): Promise<AudioInput> {
  const { sampleRateHz, channels, samples } = await readAudioFile(bytes);
  const { lowest, highest } = SAMPLE_RATES_HZ;
  if (sampleRateHz < lowest || sampleRateHz > highest) {
    throw badAudio(`It has ${sampleRateHz} Hz; accepted are ${lowest} to ${highest} Hz, so resample it first.`);
  }
  if (channels > MOST_CHANNELS) {
    throw badAudio(`It has ${channels} channels; accepted are 1 and 2, so mix it down first.`);
  }
  const format = { encoding: 'pcm_s16le', sampleRateHz, channels } as const;
  return { kind: 'recording', format, bytes: toInterleavedPcm16(samples) };
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CommandFailure(`${path} ${describeFileError(error)}`, EXIT_CODES.noSuchFile);
  }
}

function describeFileError(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist. Check the path.';
  if (code === 'EACCES') return 'may not be read by this user.';
  if (code === 'EISDIR') return 'is a folder. Give the path of one audio file.';
  return `cannot be read (${String(code)}).`;
}

function badAudio(message: string): CommandFailure {
  return new CommandFailure(message, EXIT_CODES.badAudio);
}
