import { SttError } from '@verbatim/protocol';
import type { SampleDecoder } from '../../intake/sample-decoder.ts';
import type { ByteQueue } from '../byte-queue.ts';
import { wavSampleDecoder } from './wav-samples.ts';

/** WAVE_FORMAT_EXTENSIBLE: the real format is the first two bytes of a GUID. */
const EXTENSIBLE = 0xfffe;
const EXTENSIBLE_FORMAT_AT = 24;
const SHORTEST_FORMAT_BYTES = 16;

/** The part of a format chunk that says anything; the rest is passed over. */
const READ_FORMAT_BYTES = EXTENSIBLE_FORMAT_AT + 2;

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/** RF64: lengths beyond 32 bits stand in a chunk of their own, that of the file first. */
const DATA_LENGTH_AT = 8;
const LARGE_LENGTHS_BYTES = 16;

/** What programs write that do not know the length when they begin: the data go to the end of the file. */
const UNKNOWN_LENGTHS = [0, 0xffff_ffff];

export interface WavFormat {
  readonly decoder: SampleDecoder;
  readonly channels: number;
  readonly sampleRateHz: number;
}

/** A WAV file up to its sound. */
export interface WavHead {
  readonly format: WavFormat;
  /** The format chunk as it was read: what a later decoder needs. */
  readonly formatChunk: Uint8Array;
  /** Units: bytes of sound; infinite when the file does not say. */
  readonly dataBytes: number;
}

/** Reads a head from bytes that come in pieces. */
export interface WavHeadReader {
  /** The head as soon as the sound begins; until then `undefined`. @throws SttError for a broken or unknown format */
  read(queue: ByteQueue): WavHead | undefined;
  /** What is missing when the bytes end here. */
  missing(): SttError;
}

export function createWavHeadReader(): WavHeadReader {
  let isBegun = false;
  let formatChunk: Uint8Array | undefined;
  let largeDataBytes: number | undefined;

  /** Reads one chunk; a length when it was the data's header, `false` when more bytes are needed. */
  const readChunk = (queue: ByteQueue): number | boolean => {
    const header = queue.peek(CHUNK_HEADER_BYTES);
    if (header.length < CHUNK_HEADER_BYTES) return false;
    const name = String.fromCharCode(...header.subarray(0, 4));
    const length = viewOf(header).getUint32(4, true);
    if (name === 'data') {
      queue.skip(CHUNK_HEADER_BYTES);
      return UNKNOWN_LENGTHS.includes(length) ? (largeDataBytes ?? Infinity) : length;
    }
    const wanted = CHUNK_HEADER_BYTES + Math.min(length, wantedBytes(name));
    const bytes = queue.peek(wanted);
    if (bytes.length < wanted) return false;
    const body = bytes.slice(CHUNK_HEADER_BYTES);
    if (name === 'fmt ') formatChunk = body;
    if (name === 'ds64' && body.length === LARGE_LENGTHS_BYTES) {
      largeDataBytes = Number(viewOf(body).getBigUint64(DATA_LENGTH_AT, true)) || Infinity;
    }
    queue.skip(CHUNK_HEADER_BYTES + length + (length % 2));
    return true;
  };

  return {
    read(queue) {
      if (!isBegun && queue.length < RIFF_HEADER_BYTES) return undefined;
      if (!isBegun) queue.skip(RIFF_HEADER_BYTES);
      isBegun = true;
      for (;;) {
        const found = readChunk(queue);
        if (found === false) return undefined;
        if (found === true) continue;
        if (formatChunk === undefined) throw broken('its sound comes before the header that describes it');
        return { format: readWavFormat(formatChunk), formatChunk, dataBytes: found };
      }
    },
    missing() {
      return broken(formatChunk === undefined ? 'its header is missing or cut off' : 'it ends before any sound begins');
    },
  };
}

function wantedBytes(chunkName: string): number {
  if (chunkName === 'fmt ') return READ_FORMAT_BYTES;
  return chunkName === 'ds64' ? LARGE_LENGTHS_BYTES : 0;
}

/** Reads a format chunk. @throws SttError `audio_undecodable` for a broken one, `audio_unsupported` for another format */
export function readWavFormat(chunk: Uint8Array): WavFormat {
  if (chunk.length < SHORTEST_FORMAT_BYTES) throw broken('its header is cut off');
  const view = viewOf(chunk);
  const written = view.getUint16(0, true);
  const isExtensible = written === EXTENSIBLE && chunk.length >= READ_FORMAT_BYTES;
  const tag = isExtensible ? view.getUint16(EXTENSIBLE_FORMAT_AT, true) : written;
  const channels = view.getUint16(2, true);
  const sampleRateHz = view.getUint32(4, true);
  const bits = view.getUint16(14, true);
  if (channels === 0 || sampleRateHz === 0) throw broken(`its header says ${channels} channels at ${sampleRateHz} Hz`);
  const decoder = wavSampleDecoder(tag, bits);
  if (decoder !== undefined) return { decoder, channels, sampleRateHz };
  throw new SttError(
    'audio_unsupported',
    `This WAV file holds ${bits}-bit audio of format ${tag}; accepted are PCM of 8 to 32 bits, float, A-law and mu-law.`,
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function broken(what: string): SttError {
  return new SttError('audio_undecodable', `This WAV file is damaged: ${what}.`);
}
