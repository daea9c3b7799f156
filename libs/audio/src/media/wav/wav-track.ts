import { createByteQueue } from '../byte-queue.ts';
import type { DecodedBlock, MediaTrack, TrackFormat, TrackStart } from '../media-track.ts';
import { createWavHeadReader, readWavFormat, type WavFormat, type WavHead } from './wav-head.ts';

/** The setup: how many bytes of sound there are, then the format chunk. */
const FORMAT_CHUNK_AT = 8;

/** Bounds what one block takes. Units: bytes of sound. */
const MOST_BLOCK_BYTES = 65_536;

/**
 * Reads a WAV file: PCM of 8, 16, 24 and 32 bits, float of 32 and 64, A-law, mu-law, plain, extensible or RF64. A file that was cut off
 * gives what is there.
 */
export function createWavTrack(start: TrackStart): MediaTrack {
  const queue = createByteQueue(start.clientBytes);
  const headReader = createWavHeadReader();
  let head = start.resumed === undefined ? undefined : fromSetup(start.resumed.setup);
  let frame = start.resumed?.frame ?? 0;
  let bytesLeft = 0;

  const begin = (found: WavHead): void => {
    head = found;
    bytesLeft = found.dataBytes - frame * frameBytesOf(found.format);
  };
  if (head !== undefined) begin(head);

  function* samples({ format }: WavHead): Generator<DecodedBlock> {
    const frameBytes = frameBytesOf(format);
    for (;;) {
      const bytes = Math.min(queue.length, bytesLeft, Math.max(MOST_BLOCK_BYTES, frameBytes));
      const frames = Math.floor(bytes / frameBytes);
      if (frames <= 0) break;
      const restart = { clientBytes: queue.position, frame };
      yield { frame, samples: lanesOf(queue.peek(frames * frameBytes), format), restart, frameBytes };
      queue.skip(frames * frameBytes);
      bytesLeft -= frames * frameBytes;
      frame += frames;
    }
    // What follows the sound (a list of tags) is none.
    if (bytesLeft < frameBytes) queue.skip(queue.length);
  }

  return {
    get format() {
      return head === undefined ? undefined : trackFormat(head);
    },
    get setup() {
      return head === undefined ? new Uint8Array(0) : toSetup(head);
    },
    *decode(bytes) {
      queue.append(bytes);
      if (head === undefined) {
        const found = headReader.read(queue);
        if (found === undefined) return;
        begin(found);
      }
      if (head !== undefined) yield* samples(head);
    },
    end() {
      if (head === undefined) throw headReader.missing();
      return [];
    },
    free: () => queue.jump(queue.position),
  };
}

function trackFormat({ format, dataBytes }: WavHead): TrackFormat {
  const { sampleRateHz, channels } = format;
  if (!Number.isFinite(dataBytes)) return { sampleRateHz, channels };
  return { sampleRateHz, channels, totalFrames: Math.floor(dataBytes / frameBytesOf(format)) };
}

function frameBytesOf({ decoder, channels }: WavFormat): number {
  return decoder.bytesPerSample * channels;
}

function lanesOf(bytes: Uint8Array, { decoder, channels }: WavFormat): Float32Array[] {
  const strideBytes = decoder.bytesPerSample * channels;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: channels }, (_, channel) => {
    const lane = new Float32Array(bytes.length / strideBytes);
    decoder.decode(view, { firstByte: channel * decoder.bytesPerSample, strideBytes }, lane);
    return lane;
  });
}

function toSetup({ dataBytes, formatChunk }: WavHead): Uint8Array {
  const setup = new Uint8Array(FORMAT_CHUNK_AT + formatChunk.length);
  new DataView(setup.buffer).setFloat64(0, dataBytes);
  setup.set(formatChunk, FORMAT_CHUNK_AT);
  return setup;
}

function fromSetup(setup: Uint8Array): WavHead {
  const dataBytes = new DataView(setup.buffer, setup.byteOffset).getFloat64(0);
  const formatChunk = setup.slice(FORMAT_CHUNK_AT);
  return { format: readWavFormat(formatChunk), formatChunk, dataBytes };
}
