/** Kinds of audio file that announce themselves in their first bytes. */
export type AudioContainer = 'wav' | 'flac' | 'mp3' | 'ogg' | 'webm' | 'mp4';

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
};

/**
 * Recognises an audio file by its first bytes (12 suffice, 4 kB for an MP3 without a tag); `undefined` for anything else, raw
 * audio included. An MP3 frame's header is only 11 set bits, which quiet PCM has too: a second one must follow where the
 * first says.
 */
export function detectContainer(firstBytes: Uint8Array): AudioContainer | undefined {
  const isRiff = startsWith(firstBytes, 0, ascii('RIFF')) || startsWith(firstBytes, 0, ascii('RF64'));
  if (isRiff && startsWith(firstBytes, 8, ascii('WAVE'))) return 'wav';
  const magic = MAGICS.find(({ at, bytes }) => startsWith(firstBytes, at, bytes));
  if (magic !== undefined) return magic.container;
  return isMp3Stream(firstBytes) ? 'mp3' : undefined;
}

/** The container with its article, for a sentence: "an MP3 file". */
export function containerName(container: AudioContainer): string {
  return NAMES[container];
}

export function startsWith(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[at + index] === byte);
}

function isMp3Stream(bytes: Uint8Array): boolean {
  const length = mp3FrameBytes(bytes, 0);
  return length !== undefined && mp3FrameBytes(bytes, length) !== undefined;
}

const KBPS_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const KBPS_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const HZ_MPEG1 = [44_100, 48_000, 32_000];

/** Length of the layer III frame at a byte, or `undefined` when there is none. */
function mp3FrameBytes(bytes: Uint8Array, at: number): number | undefined {
  const [sync = 0, kind = 0, rates = 0] = bytes.subarray(at, at + 3);
  const version = (kind >> 3) & 3;
  const isLayer3 = ((kind >> 1) & 3) === 1;
  if (sync !== 0xff || kind >> 5 !== 7 || version === 1 || !isLayer3) return undefined;
  const isMpeg1 = version === 3;
  const kbps = (isMpeg1 ? KBPS_MPEG1 : KBPS_MPEG2)[rates >> 4];
  const hz = HZ_MPEG1[(rates >> 2) & 3];
  if (kbps === undefined || kbps === 0 || hz === undefined) return undefined;
  const rateDivisor = isMpeg1 ? 1 : version === 2 ? 2 : 4;
  const padding = (rates >> 1) & 1;
  return Math.floor(((isMpeg1 ? 144_000 : 72_000) * kbps * rateDivisor) / hz) + padding;
}
