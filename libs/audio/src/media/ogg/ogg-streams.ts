import type { CodecSet } from '../codecs/codec-set.ts';
import { createOpusStream } from './opus-stream.ts';
import type { OggStream } from './ogg-stream.ts';
import { createVorbisStream } from './vorbis-stream.ts';

/** Codecs that are decoded. Invariant: their order is kept in sessions' headers; append only. */
const KINDS = ['Opus', 'Vorbis'] as const;

export type OggStreamKind = (typeof KINDS)[number];

/** How streams begin that may be found in Ogg. */
const BEGINNINGS: readonly (readonly [beginning: string, name: string])[] = [
  ['OpusHead', 'Opus'],
  ['\x01vorbis', 'Vorbis'],
  ['\x7fFLAC', 'FLAC'],
  ['Speex   ', 'Speex'],
  ['\x80theora', 'Theora (video)'],
  ['fishead\0', 'a skeleton alone'],
];

/** Names the codec of a stream by its first packet. */
export function oggStreamName(firstPacket: Uint8Array): string {
  const found = BEGINNINGS.find(([beginning]) =>
    [...beginning].every((letter, index) => firstPacket[index] === letter.charCodeAt(0)),
  );
  return found?.[1] ?? 'an unknown codec';
}

/** The codec if it is one that is decoded. */
export function asStreamKind(name: string): OggStreamKind | undefined {
  return KINDS.find((kind) => kind === name);
}

export function openOggStream(kind: OggStreamKind, codecs: CodecSet): OggStream {
  return kind === 'Opus' ? createOpusStream(codecs.takeOpus()) : createVorbisStream(codecs.takeVorbis());
}

/** Puts the kind before a stream's setup. */
export function withKind(kind: OggStreamKind, setup: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + setup.length);
  bytes[0] = KINDS.indexOf(kind);
  bytes.set(setup, 1);
  return bytes;
}

/** Opens the stream that another decoder began. @throws RangeError for what `withKind` did not write */
export function restoreOggStream(bytes: Uint8Array, codecs: CodecSet): { kind: OggStreamKind; stream: OggStream } {
  const kind = KINDS[bytes[0] ?? KINDS.length];
  if (kind === undefined) throw new RangeError('the header of this Ogg file was written by another version');
  const stream = openOggStream(kind, codecs);
  stream.restore(bytes.slice(1));
  return { kind, stream };
}
