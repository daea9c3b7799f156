import { PIPELINE_SAMPLE_RATE_HZ } from '../../pipeline-format.ts';
import type { PacketCodec } from '../codecs/packet-codec.ts';
import type { MediaTrack } from '../media-track.ts';
import { createSoundLine } from '../sound-line.ts';
import { OPUS_PREROLL_SAMPLES, decodeOpusPacket } from './opus-decoding.ts';

/** Where raw packets begin. */
export interface OpusPacketStart {
  readonly clientBytes: number;
  readonly frame: number;
  readonly channels: number;
}

/** Raw packets of Opus, each given alone: nothing around them says where one ends. Nothing is left out of their sound. */
export function createOpusPacketTrack(
  codec: PacketCodec,
  { clientBytes, frame, channels }: OpusPacketStart,
): MediaTrack {
  const line = createSoundLine(frame, OPUS_PREROLL_SAMPLES);
  let position = clientBytes;
  return {
    format: { sampleRateHz: PIPELINE_SAMPLE_RATE_HZ, channels },
    setup: new Uint8Array(0),
    *decode(packet) {
      const block = line.append(decodeOpusPacket(codec, packet, position), position);
      position += packet.length;
      if (block !== undefined) yield block;
    },
    // A packet is there as a whole or not at all.
    end: () => [],
    free: () => codec.free(),
  };
}
