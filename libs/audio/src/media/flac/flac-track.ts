import { SttError } from '@verbatim/protocol';
import { createByteQueue, type ByteQueue } from '../byte-queue.ts';
import type { PacketCodec } from '../codecs/packet-codec.ts';
import type { DecodedBlock, MediaTrack, TrackFormat, TrackStart } from '../media-track.ts';
import { createFlacFramer, type FlacFrame } from './flac-framer.ts';

const MARKER_BYTES = 4;
const BLOCK_HEADER_BYTES = 4;
const LAST_BLOCK = 0x80;
const STREAM_INFO = 0;
const STREAM_INFO_BYTES = 34;

/** Inside the stream's information: 20 bits of rate, 3 of channels less one, 5 of bits, 36 of length. */
const SHAPE_AT = 10;

/**
 * Reads FLAC. Its head is kept without pictures and tags, and every frame stands alone, so that a decoder can begin at any of them and the
 * samples are the same.
 */
export function createFlacTrack(start: TrackStart, codec: PacketCodec): MediaTrack {
  const queue = createByteQueue(start.clientBytes);
  const framer = createFlacFramer(queue);
  let streamInfo = start.resumed?.setup;
  let isHeadRead = streamInfo !== undefined;
  let isMarkerRead = false;
  let frame = start.resumed?.frame ?? 0;
  let expectedNumber: number | undefined;

  const readHead = (): boolean => {
    if (!isMarkerRead && queue.length < MARKER_BYTES) return false;
    if (!isMarkerRead) queue.skip(MARKER_BYTES);
    isMarkerRead = true;
    for (let isLast = false; !isLast;) {
      const found = readMetadataBlock(queue);
      if (found === undefined) return false;
      streamInfo ??= found.streamInfo;
      isLast = found.isLast;
    }
    if (streamInfo === undefined) throw damaged('its head does not say what it holds');
    return true;
  };

  const toBlock = (found: FlacFrame): DecodedBlock => {
    const { header, bytes, position } = found;
    const samples = codec.decode(bytes);
    const isWhole = samples?.[0]?.length === header.blockSamples && samples.length === format()?.channels;
    if (!isWhole) throw damaged(`the frame at byte ${position} cannot be read`);
    if (expectedNumber !== undefined && header.number !== expectedNumber)
      throw damaged(`sound is missing before byte ${position}`);
    expectedNumber = header.number + (header.countsSamples ? header.blockSamples : 1);
    const block = { frame, samples, restart: { clientBytes: position, frame } };
    frame += header.blockSamples;
    return block;
  };

  function* blocks(isEnd: boolean): Generator<DecodedBlock> {
    isHeadRead ||= readHead();
    if (!isHeadRead) return;
    for (let found = framer.next(isEnd); found !== undefined; found = framer.next(isEnd)) yield toBlock(found);
  }

  const format = (): TrackFormat | undefined =>
    isHeadRead && streamInfo !== undefined ? readShape(streamInfo) : undefined;

  return {
    get format() {
      return format();
    },
    get setup() {
      return streamInfo ?? new Uint8Array(0);
    },
    *decode(bytes) {
      queue.append(bytes);
      yield* blocks(false);
    },
    *end() {
      if (!isHeadRead) return;
      yield* blocks(true);
      if (frame === 0) throw damaged('it holds no whole frame');
    },
    free: () => codec.free(),
  };
}

/** One block of the head, when it is there; only the stream's information is kept. */
function readMetadataBlock(queue: ByteQueue): { isLast: boolean; streamInfo?: Uint8Array } | undefined {
  const head = queue.peek(BLOCK_HEADER_BYTES);
  if (head.length < BLOCK_HEADER_BYTES) return undefined;
  const [kind = 0, high = 0, middle = 0, low = 0] = head;
  const length = (high << 16) | (middle << 8) | low;
  const isLast = (kind & LAST_BLOCK) !== 0;
  const isStreamInfo = (kind & ~LAST_BLOCK) === STREAM_INFO && length === STREAM_INFO_BYTES;
  if (isStreamInfo && queue.length < BLOCK_HEADER_BYTES + length) return undefined;
  queue.skip(BLOCK_HEADER_BYTES);
  if (isStreamInfo) return { isLast, streamInfo: queue.take(length) };
  queue.skip(length);
  return { isLast };
}

/** A FLAC written to a pipe says 0 for its length: it is not known. */
function readShape(streamInfo: Uint8Array): TrackFormat {
  const view = new DataView(streamInfo.buffer, streamInfo.byteOffset, streamInfo.byteLength);
  const shape = view.getUint32(SHAPE_AT);
  const totalFrames = (shape & 15) * 2 ** 32 + view.getUint32(SHAPE_AT + 4);
  const head = { sampleRateHz: shape >>> 12, channels: ((shape >> 9) & 7) + 1 };
  return totalFrames === 0 ? head : { ...head, totalFrames };
}

function damaged(what: string): SttError {
  return new SttError('audio_undecodable', `This FLAC file is damaged: ${what}.`);
}
