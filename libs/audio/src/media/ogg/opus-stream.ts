import { PIPELINE_SAMPLE_RATE_HZ } from '../../pipeline-format.ts';
import type { PacketCodec } from '../codecs/packet-codec.ts';
import { OPUS_PREROLL_SAMPLES, decodeOpusPacket, fromOpusClock } from '../opus/opus-decoding.ts';
import { OPUS_HEAD_BYTES, readOpusHead, type OpusHead } from '../opus/opus-head.ts';
import type { OggStream } from './ogg-stream.ts';

const NO_HEAD = new Uint8Array(0);

/** Opus in Ogg (RFC 7845): a head, tags that are passed over, then packets on a clock of 48 kHz. */
export function createOpusStream(codec: PacketCodec): OggStream {
  let setup = NO_HEAD;
  let head: OpusHead | undefined;
  let channels: number | undefined;

  const take = (packet: Uint8Array): void => {
    head = readOpusHead(packet);
    if (channels !== undefined) return;
    channels = head.channels;
    setup = packet.slice(0, OPUS_HEAD_BYTES);
  };

  return {
    headPackets: 2,
    prerollFrames: OPUS_PREROLL_SAMPLES,
    primingPackets: 0,
    get format() {
      return channels === undefined ? undefined : { sampleRateHz: PIPELINE_SAMPLE_RATE_HZ, channels };
    },
    get setup() {
      return setup;
    },
    get preSkipFrames() {
      return fromOpusClock(head?.preSkipSamples ?? 0);
    },
    takeHead(index, packet = NO_HEAD) {
      if (index === 0) take(packet);
    },
    restore: take,
    decode: (packet, position) => decodeOpusPacket(codec, packet, position),
    toFrames: fromOpusClock,
    free: () => codec.free(),
  };
}
