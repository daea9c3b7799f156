import { SttError } from '@verbatim/protocol';
import { MP3_HEADER_BYTES, readMp3FrameHeader, type Mp3FrameHeader } from '../../files/mp3-frame-header.ts';
import { createByteQueue } from '../byte-queue.ts';
import type { PacketCodec } from '../codecs/packet-codec.ts';
import type { DecodedBlock, MediaTrack, TrackStart } from '../media-track.ts';
import { createMp3Framer, type Mp3Frame } from './mp3-framer.ts';
import { MP3_DECODER_DELAY_SAMPLES, NO_MP3_INFO, readMp3Info, type Mp3Info } from './mp3-info.ts';
import { createReservoirTrail } from './reservoir-trail.ts';

/** The first frame of sound's header, and what the frame before it said of the whole. */
interface Mp3Head {
  readonly headerBytes: Uint8Array;
  readonly header: Mp3FrameHeader;
  readonly info: Mp3Info;
}

/** Reads MP3; what encoder and decoder put before and behind the sound is left out where the file says how much it is. */
export function createMp3Track({ clientBytes, resumed }: TrackStart, codec: PacketCodec): MediaTrack {
  const queue = createByteQueue(clientBytes);
  let head = resumed === undefined ? undefined : fromSetup(resumed.setup);
  const framer = createMp3Framer(queue, head?.header);
  const trail = createReservoirTrail();
  let info: Mp3Info | undefined;
  /** Of the frame that comes next, before anything is left out. Units: samples from the file's sound. */
  let frame = resumed?.frame ?? 0;

  const begin = ({ header, bytes }: Mp3Frame): Mp3Head => {
    const begun = { header, headerBytes: bytes.slice(0, MP3_HEADER_BYTES), info: info ?? NO_MP3_INFO };
    frame = -leadSamples(begun.info);
    return begun;
  };

  const toBlock = (found: Mp3Frame): DecodedBlock | undefined => {
    const { header, bytes, position } = found;
    head ??= begin(found);
    const samples = codec.decode(bytes)?.slice(0, header.channels);
    if (samples?.[0]?.length !== header.frameSamples) throw damaged(position);
    const soundBytes = bytes.length - header.headerBytes - header.sideInfoBytes;
    const restart = trail.add({ clientBytes: position, frame }, soundBytes);
    const first = Math.max(0, -frame);
    const end = Math.min(header.frameSamples, soundEnd(head) - frame);
    const block = { frame: frame + first, samples: samples.map((lane) => lane.subarray(first, Math.max(first, end))) };
    frame += header.frameSamples;
    if (end <= first) return undefined;
    // Before the file's sound there is nothing to count from.
    return restart === undefined || restart.frame < 0 ? block : { ...block, restart };
  };

  function* blocks(isEnd: boolean): Generator<DecodedBlock> {
    for (let found = framer.next(isEnd); found !== undefined; found = framer.next(isEnd)) {
      const said = readMp3Info(found.bytes, found.header);
      if (head === undefined) info ??= said;
      const block = said === undefined ? toBlock(found) : undefined;
      if (block !== undefined) yield block;
    }
  }

  return {
    get format() {
      return head === undefined ? undefined : toFormat(head);
    },
    get setup() {
      return head === undefined ? new Uint8Array(0) : toSetup(head);
    },
    *decode(bytes) {
      queue.append(bytes);
      yield* blocks(false);
    },
    end: () => blocks(true),
    free: () => codec.free(),
  };
}

function toFormat(head: Mp3Head) {
  const { sampleRateHz, channels } = head.header;
  const totalFrames = soundEnd(head);
  return Number.isFinite(totalFrames) ? { sampleRateHz, channels, totalFrames } : { sampleRateHz, channels };
}

/** A file that says no delay keeps it: nobody knows how much it is. */
function leadSamples({ delaySamples }: Mp3Info): number {
  return delaySamples === 0 ? 0 : delaySamples + MP3_DECODER_DELAY_SAMPLES;
}

/** Where the sound ends; infinite when the file does not say. */
function soundEnd({ header, info }: Mp3Head): number {
  const { frameCount, paddingSamples, delaySamples } = info;
  return frameCount === 0 || delaySamples === 0
    ? Infinity
    : frameCount * header.frameSamples - delaySamples - paddingSamples;
}

function toSetup({ headerBytes, info }: Mp3Head): Uint8Array {
  const setup = new Uint8Array(MP3_HEADER_BYTES + 8);
  const view = new DataView(setup.buffer);
  setup.set(headerBytes);
  view.setUint16(4, info.delaySamples);
  view.setUint16(6, info.paddingSamples);
  view.setUint32(8, info.frameCount);
  return setup;
}

function fromSetup(setup: Uint8Array): Mp3Head {
  const header = readMp3FrameHeader(setup, 0);
  if (header === undefined) throw new RangeError('the header of this MP3 file was written by another version');
  const view = new DataView(setup.buffer, setup.byteOffset, setup.byteLength);
  const info = { delaySamples: view.getUint16(4), paddingSamples: view.getUint16(6), frameCount: view.getUint32(8) };
  return { header, headerBytes: setup.slice(0, MP3_HEADER_BYTES), info };
}

function damaged(position: number): SttError {
  return new SttError('audio_undecodable', `This MP3 file is damaged: the frame at byte ${position} cannot be read.`);
}
