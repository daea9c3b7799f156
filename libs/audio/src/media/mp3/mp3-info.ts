import type { Mp3FrameHeader } from '../../files/mp3-frame-header.ts';

/** What an encoder writes into a first frame that holds no sound. */
export interface Mp3Info {
  /** What is left out of the beginning: the encoder's delay. Units: samples. */
  readonly delaySamples: number;
  /** What is left out of the end. Units: samples. */
  readonly paddingSamples: number;
  /** Frames of sound that follow; 0 when it does not say. */
  readonly frameCount: number;
}

export const NO_MP3_INFO: Mp3Info = { delaySamples: 0, paddingSamples: 0, frameCount: 0 };

/** A decoder gives its first sample so late: what it needs for its filters. Units: samples. */
export const MP3_DECODER_DELAY_SAMPLES = 529;

const VBRI_AT = 36;
const FLAGS_BYTES = 4;
const COUNT_FLAG = 1;

/** Fields between the flags and LAME's part, by the flag that says they are there. Units: bytes. */
const FIELDS: readonly (readonly [flag: number, bytes: number])[] = [
  [COUNT_FLAG, 4],
  [2, 4],
  [4, 100],
  [8, 4],
];

/** Delay and padding, 12 bits each, behind the encoder's name and what it says of its settings. */
const LAME_DELAY_AT = 21;
const LAME_BYTES = 24;

/** Reads the frame if it is one of those; `undefined` for a frame of sound. */
export function readMp3Info(frame: Uint8Array, { headerBytes, sideInfoBytes }: Mp3FrameHeader): Mp3Info | undefined {
  const at = headerBytes + sideInfoBytes;
  const name = textAt(frame, at);
  if (textAt(frame, VBRI_AT) === 'VBRI') return NO_MP3_INFO;
  if (name !== 'Xing' && name !== 'Info') return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset + at, frame.length - at);
  const flags = view.byteLength < 2 * FLAGS_BYTES ? 0 : view.getUint32(FLAGS_BYTES);
  const lameAt = FIELDS.reduce((sum, [flag, bytes]) => ((flags & flag) === 0 ? sum : sum + bytes), 2 * FLAGS_BYTES);
  if (view.byteLength < lameAt + LAME_BYTES) return NO_MP3_INFO;
  const frameCount = (flags & COUNT_FLAG) === 0 ? 0 : view.getUint32(2 * FLAGS_BYTES);
  if (view.getUint32(lameAt) === 0) return { ...NO_MP3_INFO, frameCount };
  const delays = view.getUint32(lameAt + LAME_DELAY_AT - 1) & 0xff_ffff;
  return { delaySamples: delays >> 12, paddingSamples: delays & 0xfff, frameCount };
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
