import { OpusDecoder } from 'opus-decoder';
import { PIPELINE_SAMPLE_RATE_HZ } from '../../pipeline-format.ts';
import { soundOf, withoutComplaints, type PacketCodec } from './packet-codec.ts';

/** The package's room for one packet. Units: bytes per channel. */
const LONGEST_PACKET_BYTES = 3_840;

/** Opens libopus. It decodes to 16 kHz itself, and to one channel or two, whichever the packets hold. */
export async function openOpusCodec(channels: number): Promise<PacketCodec> {
  const decoder = new OpusDecoder({ channels, sampleRate: PIPELINE_SAMPLE_RATE_HZ });
  await decoder.ready;
  return {
    decode(packet) {
      if (packet.length > LONGEST_PACKET_BYTES * channels) return undefined;
      return soundOf(withoutComplaints(() => decoder.decodeFrame(packet)));
    },
    free: () => decoder.free(),
  };
}
