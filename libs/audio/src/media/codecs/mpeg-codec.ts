import { MPEGDecoder } from 'mpg123-decoder';
import { soundOf, withoutComplaints, type PacketCodec } from './packet-codec.ts';

/**
 * Opens mpg123, which takes one frame of MP3 at a time and always gives two channels. Its own trimming is off: it counts from the first
 * frame it sees, and a decoder that goes on in the middle of a file would lose sound.
 */
export async function openMpegCodec(): Promise<PacketCodec> {
  const decoder = new MPEGDecoder({ enableGapless: false });
  await decoder.ready;
  return {
    decode: (frame) => soundOf(withoutComplaints(() => decoder.decodeFrame(frame))),
    free: () => decoder.free(),
  };
}
