import { detectContainer, type AudioContainer } from '@verbatim/audio';
import { SttError, type Encoding } from '@verbatim/protocol';

/** Files that are no audio and are uploaded by mistake, by their first bytes. As raw samples they would be noise, and nobody would know why. */
const FOREIGN: readonly (readonly [name: string, firstBytes: readonly number[]])[] = [
  ['a program (ELF)', [0x7f, 0x45, 0x4c, 0x46]],
  ['a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip archive', [0x1f, 0x8b, 0x08]],
  ['a PDF document', bytesOf('%PDF-')],
  ['a PNG picture', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG picture', [0xff, 0xd8, 0xff]],
  ['a GIF picture', bytesOf('GIF8')],
  ['a playlist', bytesOf('#EXTM3U')],
  ['HTML', bytesOf('<!DOCTYPE')],
  ['HTML', bytesOf('<!doctype')],
  ['HTML', bytesOf('<html')],
  ['SVG', bytesOf('<svg')],
  ['XML', bytesOf('<?xml')],
];

/** Files of which a part cannot be decoded alone: each upload is a whole one. */
const WHOLE_ONLY: readonly AudioContainer[] = ['mp4', 'aac'];

/** OggS, version, and the flag of a page that begins a stream. */
const OGG_FLAGS_AT = 5;
const OGG_BEGINS = 2;

/** `ID3`, then a version up to 4 and a size of four bytes under 128: three letters alone stand in audio now and then. */
const ID3_NEWEST_VERSION = 4;

/**
 * Decides what an upload is that does not say so: a file by its magic, anything else is raw samples.
 * @throws SttError `audio_unsupported` for what is known to be no audio
 */
export function sniffEncoding(firstBytes: Uint8Array): Encoding {
  if (detectContainer(firstBytes) !== undefined) return 'container';
  const foreign = FOREIGN.find(([, magic]) => magic.every((byte, index) => firstBytes[index] === byte));
  if (foreign === undefined) return 'pcm_s16le';
  throw new SttError(
    'audio_unsupported',
    `The upload is ${foreign[0]}, not audio: send WAV, FLAC, MP3, Ogg/Opus, Ogg/Vorbis, WebM/Opus, MP4/AAC, or raw samples with their encoding.`,
    { field: 'audio_chunk' },
  );
}

/** True when a file begins here, as opposed to going on: clients that record in parts send a header with each of them. */
export function beginsFile(firstBytes: Uint8Array): boolean {
  switch (detectContainer(firstBytes)) {
    case undefined:
      return false;
    case 'ogg':
      return ((firstBytes[OGG_FLAGS_AT] ?? 0) & OGG_BEGINS) !== 0;
    case 'mp3':
      return isId3Tag(firstBytes);
    case 'wav':
    case 'flac':
    case 'webm':
    case 'mp4':
    case 'aac':
      return true;
  }
}

/** True for a file that is decoded whole or not at all. */
export function isWholeOnly(firstBytes: Uint8Array): boolean {
  const container = detectContainer(firstBytes);
  return container !== undefined && WHOLE_ONLY.includes(container);
}

/** MP3 frames without a tag may as well be the next ones of the file before. */
function isId3Tag([i, d, three, version = 0xff, , , ...size]: Uint8Array): boolean {
  const isNamed = i === 0x49 && d === 0x44 && three === 0x33;
  return isNamed && version <= ID3_NEWEST_VERSION && size.slice(0, 4).every((byte) => byte < 0x80);
}

function bytesOf(text: string): readonly number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
