import { SttError } from '@verbatim/protocol';
import { decodeAlaw, decodeMulaw } from '../g711.ts';
import type { AudioFile } from './audio-file.ts';

const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;

/** WAVE_FORMAT_EXTENSIBLE: the real format is the first two bytes of a GUID. */
const EXTENSIBLE = 0xfffe;
const EXTENSIBLE_FORMAT_AT = 24;

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const SHORTEST_FORMAT_BYTES = 16;

/** What programs write that do not know the length when they begin: the data go to the end of the file. */
const UNKNOWN_LENGTHS = [0, 0xffff_ffff];

const FULL_SCALE_16 = 2 ** 15;
const FULL_SCALE_24 = 2 ** 23;
const FULL_SCALE_32 = 2 ** 31;

type Reader = (view: DataView, at: number) => number;

/** By format and bits per sample. */
const READERS: Readonly<Record<string, Reader>> = {
  [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${PCM}/16`]: (view, at) => view.getInt16(at, true) / FULL_SCALE_16,
  [`${PCM}/24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65_536) / FULL_SCALE_24,
  [`${PCM}/32`]: (view, at) => view.getInt32(at, true) / FULL_SCALE_32,
  [`${FLOAT}/32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT}/64`]: (view, at) => view.getFloat64(at, true),
  [`${ALAW}/8`]: (view, at) => decodeAlaw(view.getUint8(at)) / FULL_SCALE_16,
  [`${MULAW}/8`]: (view, at) => decodeMulaw(view.getUint8(at)) / FULL_SCALE_16,
};

interface WavFormat {
  readonly read: Reader;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bytesPerSample: number;
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 and 32 bits, float of 32 and 64, A-law, mu-law, plain or extensible. A file that was cut off
 * gives what is there.
 * @throws SttError `audio_undecodable` for a broken header, `audio_unsupported` for another format.
 */
export function readWav(bytes: Uint8Array): AudioFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | undefined;
  for (const { name, start, end } of chunksOf(view)) {
    if (name === 'fmt ') format = readFormat(new DataView(view.buffer, view.byteOffset + start, end - start));
    if (name !== 'data') continue;
    if (format === undefined) throw broken('its sound comes before the header that describes it');
    return readSamples(new DataView(view.buffer, view.byteOffset + start, end - start), format);
  }
  throw broken(format === undefined ? 'its header is missing or cut off' : 'it ends before any sound begins');
}

interface Chunk {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function* chunksOf(view: DataView): Generator<Chunk> {
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= view.byteLength;) {
    const name = String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
    const length = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    const isOpenEnded = name === 'data' && UNKNOWN_LENGTHS.includes(length);
    const end = isOpenEnded ? view.byteLength : Math.min(start + length, view.byteLength);
    yield { name, start, end };
    at = end + (length % 2);
  }
}

function readFormat(view: DataView): WavFormat {
  if (view.byteLength < SHORTEST_FORMAT_BYTES) throw broken('its header is cut off');
  const written = view.getUint16(0, true);
  const isExtensible = written === EXTENSIBLE && view.byteLength >= EXTENSIBLE_FORMAT_AT + 2;
  const tag = isExtensible ? view.getUint16(EXTENSIBLE_FORMAT_AT, true) : written;
  const channels = view.getUint16(2, true);
  const sampleRateHz = view.getUint32(4, true);
  const bits = view.getUint16(14, true);
  if (channels === 0 || sampleRateHz === 0) throw broken(`its header says ${channels} channels at ${sampleRateHz} Hz`);
  const read = READERS[`${tag}/${bits}`];
  if (read !== undefined) return { read, channels, sampleRateHz, bytesPerSample: bits / 8 };
  throw new SttError(
    'audio_unsupported',
    `This WAV file holds ${bits}-bit audio of format ${tag}; accepted are PCM of 8 to 32 bits, float, A-law and mu-law.`,
  );
}

function readSamples(view: DataView, { read, channels, sampleRateHz, bytesPerSample }: WavFormat): AudioFile {
  const frameBytes = channels * bytesPerSample;
  const frames = Math.floor(view.byteLength / frameBytes);
  const samples = Array.from({ length: channels }, (_, channel) => {
    const lane = new Float32Array(frames);
    for (let frame = 0, at = channel * bytesPerSample; frame < frames; frame += 1, at += frameBytes) {
      lane[frame] = read(view, at);
    }
    return lane;
  });
  return { sampleRateHz, channels, samples, durationSeconds: frames / sampleRateHz };
}

function broken(what: string): SttError {
  return new SttError('audio_undecodable', `This WAV file is damaged: ${what}.`);
}
