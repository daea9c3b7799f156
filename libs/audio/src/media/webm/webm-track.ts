import { PIPELINE_SAMPLE_RATE_HZ } from '../../pipeline-format.ts';
import { createByteQueue } from '../byte-queue.ts';
import type { PacketCodec } from '../codecs/packet-codec.ts';
import type { DecodedBlock, MediaTrack, TrackStart } from '../media-track.ts';
import { OPUS_PREROLL_SAMPLES, decodeOpusPacket, fromOpusClock } from '../opus/opus-decoding.ts';
import { readOpusHead } from '../opus/opus-head.ts';
import { createSoundLine, withoutEnd } from '../sound-line.ts';
import { ebmlChildren, ebmlSigned } from './ebml.ts';
import { blockPackets, blockTrack } from './webm-block.ts';
import { BLOCK_IN_GROUP, damagedWebm, readWebmElement, type WebmElement } from './webm-elements.ts';
import { readWebmTracks, type WebmTrack } from './webm-tracks.ts';

const DISCARD_PADDING = 0x75a2;
const NS_PER_SECOND = 1_000_000_000;

/** The setup: the track's number, then its head. */
const OPUS_HEAD_AT = 8;

/**
 * Reads WebM and Matroska with Opus, as MediaRecorder sends it: lengths unknown, one cluster after the other. The sound is the packets one
 * after the other; the times of the blocks are not looked at, as positions count the audio that was sent.
 */
export function createWebmTrack({ clientBytes, resumed }: TrackStart, codec: PacketCodec): MediaTrack {
  const queue = createByteQueue(clientBytes);
  const line = createSoundLine(resumed?.frame ?? 0, OPUS_PREROLL_SAMPLES);
  let first = resumed === undefined ? undefined : fromSetup(resumed.setup);
  let track = first;

  /** A recording that was begun anew has its head in the middle. */
  const takeTracks = (found: WebmTrack): readonly DecodedBlock[] => {
    track = found;
    first ??= found;
    line.leaveOut(fromOpusClock(found.head.preSkipSamples));
    return [];
  };

  const takeBlock = (block: Uint8Array, position: number, discardedNs: number): readonly DecodedBlock[] => {
    if (track === undefined) throw damagedWebm(position, 'sound comes before the tracks that describe it');
    if (blockTrack(block) !== track.number) return [];
    const packets = blockPackets(block);
    if (packets === undefined) throw damagedWebm(position, 'a block cannot be read');
    const sounds = packets.map((packet) => ({ samples: decodeOpusPacket(codec, packet, position) }));
    const discarded = Math.max(0, Math.round((discardedNs * PIPELINE_SAMPLE_RATE_HZ) / NS_PER_SECOND));
    return withoutEnd(sounds, discarded).flatMap(
      ({ samples }, index) => line.append(samples, index === 0 ? position : undefined) ?? [],
    );
  };

  const takeGroup = (data: Uint8Array, position: number): readonly DecodedBlock[] => {
    const children = new Map([...ebmlChildren(data)].map((child) => [child.id, child.data]));
    const block = children.get(BLOCK_IN_GROUP);
    return block === undefined ? [] : takeBlock(block, position, ebmlSigned(children.get(DISCARD_PADDING)));
  };

  const take = ({ kind, data, position }: WebmElement): readonly DecodedBlock[] => {
    if (kind === 'tracks') return takeTracks(readWebmTracks(data));
    return kind === 'block' ? takeBlock(data, position, 0) : takeGroup(data, position);
  };

  return {
    get format() {
      if (first === undefined) return undefined;
      return { sampleRateHz: PIPELINE_SAMPLE_RATE_HZ, channels: first.head.channels };
    },
    get setup() {
      return first === undefined ? new Uint8Array(0) : toSetup(first);
    },
    *decode(bytes) {
      queue.append(bytes);
      const next = () => readWebmElement(queue, track?.number);
      for (let element = next(); element !== undefined; element = next()) yield* take(element);
    },
    end: () => [],
    free: () => codec.free(),
  };
}

function toSetup({ number, opusHead }: WebmTrack): Uint8Array {
  const setup = new Uint8Array(OPUS_HEAD_AT + opusHead.length);
  new DataView(setup.buffer).setFloat64(0, number);
  setup.set(opusHead, OPUS_HEAD_AT);
  return setup;
}

function fromSetup(setup: Uint8Array): WebmTrack {
  const opusHead = setup.slice(OPUS_HEAD_AT);
  const number = new DataView(setup.buffer, setup.byteOffset, setup.byteLength).getFloat64(0);
  return { number, opusHead, head: readOpusHead(opusHead) };
}
