/** The clock of everything that Opus says of time. */
export const OPUS_CLOCK_HZ = 48_000;

/** A packet holds at most 120 ms. Units: samples at {@link OPUS_CLOCK_HZ}. */
const LONGEST_PACKET_SAMPLES = 5_760;

/** RFC 6716, section 3.1: the frame's length by the upper five bits of the first byte. Units: samples at 48 kHz. */
const SILK_FRAME_SAMPLES = [480, 960, 1_920, 2_880];
const HYBRID_FRAME_SAMPLES = [480, 960];
const CELT_FRAME_SAMPLES = [120, 240, 480, 960];
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;

/** How many frames there are, by the lower two bits: one, two, two, or as the second byte says. */
const COUNT_IN_SECOND_BYTE = 3;

/** How long a packet's sound is; `undefined` for what cannot be a packet. Units: samples per channel at 48 kHz. */
export function opusPacketSamples(packet: Uint8Array): number | undefined {
  const [first, second] = packet;
  if (first === undefined) return undefined;
  const kind = first & 3;
  const count = kind === COUNT_IN_SECOND_BYTE ? (second ?? 0) & 0x3f : kind === 0 ? 1 : 2;
  const samples = count * frameSamples(first >> 3);
  return samples === 0 || samples > LONGEST_PACKET_SAMPLES ? undefined : samples;
}

function frameSamples(configuration: number): number {
  if (configuration < FIRST_HYBRID) return SILK_FRAME_SAMPLES[configuration % 4] as number;
  if (configuration < FIRST_CELT) return HYBRID_FRAME_SAMPLES[configuration % 2] as number;
  return CELT_FRAME_SAMPLES[configuration % 4] as number;
}
