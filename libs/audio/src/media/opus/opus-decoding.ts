import { SttError } from '@verbatim/protocol';
import { PIPELINE_SAMPLE_RATE_HZ } from '../../pipeline-format.ts';
import type { PacketCodec } from '../codecs/packet-codec.ts';
import { OPUS_CLOCK_HZ, opusPacketSamples } from './opus-packet.ts';

/**
 * What a decoder that begins in the middle needs to come out as the others. RFC 7845, section 4.6, asks for 80 ms; measured on speech, the
 * difference is then as loud as the sound now and then, and below -50 dB of full scale only after 400 ms. Units: samples at 16 kHz.
 */
export const OPUS_PREROLL_SAMPLES = 6_400;

/** Converts what a file says of time. Units: samples at 48 kHz to samples at 16 kHz. */
export function fromOpusClock(samples: number): number {
  return Math.round((samples * PIPELINE_SAMPLE_RATE_HZ) / OPUS_CLOCK_HZ);
}

/** The sound of one packet. @throws SttError `audio_undecodable` that names the place */
export function decodeOpusPacket(codec: PacketCodec, packet: Uint8Array, position: number): readonly Float32Array[] {
  const samples = opusPacketSamples(packet) === undefined ? undefined : codec.decode(packet);
  if (samples !== undefined && (samples[0]?.length ?? 0) > 0) return samples;
  throw new SttError('audio_undecodable', `The audio is damaged: at byte ${position} lies no packet of Opus.`);
}
