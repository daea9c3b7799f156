/** What the four bytes before every MP3 frame say. */
export interface Mp3FrameHeader {
  readonly frameBytes: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Frames of sound (samples per channel): 1152 in MPEG-1, 576 in MPEG-2 and 2.5. */
  readonly frameSamples: number;
  /** Bytes between the header (with its checksum) and the sound: how the frame is to be read. */
  readonly sideInfoBytes: number;
  readonly headerBytes: number;
}

export const MP3_HEADER_BYTES = 4;

const CHECKSUM_BYTES = 2;
const KBPS_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBPS_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const HZ_MPEG1 = [44_100, 48_000, 32_000];
const MONO = 3;

/** Reads the header of a layer III frame at a byte; `undefined` when there is none, or one of free bit rate. */
export function readMp3FrameHeader(bytes: Uint8Array, at: number): Mp3FrameHeader | undefined {
  if (at + MP3_HEADER_BYTES > bytes.length) return undefined;
  const [sync = 0, kind = 0, rates = 0, mode = 0] = bytes.subarray(at, at + MP3_HEADER_BYTES);
  const version = (kind >> 3) & 3;
  const isLayer3 = ((kind >> 1) & 3) === 1;
  if (sync !== 0xff || kind >> 5 !== 7 || version === 1 || !isLayer3) return undefined;
  const isMpeg1 = version === 3;
  const kbps = (isMpeg1 ? KBPS_MPEG1 : KBPS_MPEG2)[rates >> 4];
  const mpeg1Hz = HZ_MPEG1[(rates >> 2) & 3];
  if (kbps === undefined || kbps === 0 || mpeg1Hz === undefined) return undefined;
  const sampleRateHz = mpeg1Hz / (isMpeg1 ? 1 : version === 2 ? 2 : 4);
  const isMono = mode >> 6 === MONO;
  return {
    frameBytes: Math.floor(((isMpeg1 ? 144_000 : 72_000) * kbps) / sampleRateHz) + ((rates >> 1) & 1),
    sampleRateHz,
    channels: isMono ? 1 : 2,
    frameSamples: isMpeg1 ? 1152 : 576,
    sideInfoBytes: isMpeg1 ? (isMono ? 17 : 32) : isMono ? 9 : 17,
    headerBytes: MP3_HEADER_BYTES + ((kind & 1) === 0 ? CHECKSUM_BYTES : 0),
  };
}
