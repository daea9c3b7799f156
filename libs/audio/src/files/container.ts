import { readMp3FrameHeader } from './mp3-frame-header.ts';

/** Kinds of audio file that announce themselves in their first bytes. Invariant: their order is kept in sessions' headers; append only. */
export const AUDIO_CONTAINERS = ['wav', 'flac', 'mp3', 'ogg', 'webm', 'mp4', 'aac'] as const;

export type AudioContainer = (typeof AUDIO_CONTAINERS)[number];

/** A frame of MP3 or AAC is at most half as long. Units: bytes. */
export const LONGEST_MAGIC_BYTES = 16_384;

interface Magic {
  readonly container: AudioContainer;
  readonly at: number;
  readonly bytes: readonly number[];
}

const ascii = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

const MAGICS: readonly Magic[] = [
  { container: 'flac', at: 0, bytes: ascii('fLaC') },
  { container: 'mp3', at: 0, bytes: ascii('ID3') },
  { container: 'ogg', at: 0, bytes: ascii('OggS') },
  { container: 'webm', at: 0, bytes: [0x1a, 0x45, 0xdf, 0xa3] },
  { container: 'mp4', at: 4, bytes: ascii('ftyp') },
];

const NAMES: Readonly<Record<AudioContainer, string>> = {
  wav: 'a WAV file',
  flac: 'a FLAC file',
  mp3: 'an MP3 file',
  ogg: 'an Ogg file',
  webm: 'a WebM or Matroska file',
  mp4: 'an MP4 file',
  aac: 'an AAC file',
};

/**
 * Recognises an audio file by its first bytes (12 suffice, {@link LONGEST_MAGIC_BYTES} for an MP3 without a tag and for AAC);
 * `undefined` for anything else, raw audio included. The header of an MP3 or AAC frame is only 11 or 12 set bits, which quiet PCM
 * has too: a second one must follow where the first says.
 */
export function detectContainer(firstBytes: Uint8Array): AudioContainer | undefined {
  const isRiff = startsWith(firstBytes, 0, ascii('RIFF')) || startsWith(firstBytes, 0, ascii('RF64'));
  if (isRiff && startsWith(firstBytes, 8, ascii('WAVE'))) return 'wav';
  const magic = MAGICS.find(({ at, bytes }) => startsWith(firstBytes, at, bytes));
  if (magic !== undefined) return magic.container;
  if (isMp3Stream(firstBytes)) return 'mp3';
  return isAdtsStream(firstBytes) ? 'aac' : undefined;
}

/** The container with its article, for a sentence: "an MP3 file". */
export function containerName(container: AudioContainer): string {
  return NAMES[container];
}

export function startsWith(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[at + index] === byte);
}

function isMp3Stream(bytes: Uint8Array): boolean {
  const first = readMp3FrameHeader(bytes, 0);
  return first !== undefined && readMp3FrameHeader(bytes, first.frameBytes) !== undefined;
}

function isAdtsStream(bytes: Uint8Array): boolean {
  const length = adtsFrameBytes(bytes, 0);
  return length !== undefined && adtsFrameBytes(bytes, length) !== undefined;
}

const SHORTEST_ADTS_FRAME_BYTES = 7;

/** Length of the AAC frame at a byte: 12 set bits, layer 0, and 13 bits of length that include the header. */
function adtsFrameBytes(bytes: Uint8Array, at: number): number | undefined {
  const [sync = 0, kind = 0, , high = 0, middle = 0, low = 0] = bytes.subarray(at, at + SHORTEST_ADTS_FRAME_BYTES);
  if (sync !== 0xff || (kind & 0xf6) !== 0xf0) return undefined;
  const length = ((high & 3) << 11) | (middle << 3) | (low >> 5);
  return length < SHORTEST_ADTS_FRAME_BYTES ? undefined : length;
}
