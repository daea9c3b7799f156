import { containerName, detectContainer, LONGEST_MAGIC_BYTES } from '@verbatim/audio';
import { SttError } from '@verbatim/protocol';
import type { DecodedPiece, Decoding } from '../decoder-pool.ts';
import type { TranscodedKind } from './transcoders.ts';

/** The decoding for each kind. Both may throw. */
export interface ByMagicParts {
  readonly openDecoder: () => Decoding;
  readonly openTranscoder: (kind: TranscodedKind) => Decoding;
}

const NOTHING: DecodedPiece = { chunks: [], header: new Uint8Array(0) };

/**
 * A decoding that holds the first bytes until they say which kind of file they begin, and is then the one for that kind. Only the first
 * bytes decide: neither a name nor a content type of the client's is looked at.
 */
export function openByMagic(parts: ByMagicParts): Decoding {
  let head: Uint8Array = new Uint8Array(0);
  let chosen: Decoding | undefined;

  const choose = (): Decoding => {
    const kind = detectContainer(head);
    chosen = kind === 'mp4' || kind === 'aac' ? parts.openTranscoder(kind) : parts.openDecoder();
    return chosen;
  };
  /** What was held goes first. */
  const acceptHead = async (): Promise<DecodedPiece> => {
    const decoding = choose();
    return head.length === 0 ? NOTHING : decoding.accept(head);
  };

  return {
    async accept(bytes) {
      if (chosen !== undefined) return chosen.accept(bytes);
      head = Buffer.concat([head, bytes]);
      return isTelling(head) ? acceptHead() : NOTHING;
    },
    flush: async () => chosen?.flush() ?? NOTHING,
    async end() {
      if (chosen !== undefined) return chosen.end();
      const beginning = acceptHead();
      const [first, last] = await Promise.all([beginning, chosen === undefined ? NOTHING : endOf(chosen)]);
      return { chunks: [...first.chunks, ...last.chunks], header: last.header };
    },
    close: () => chosen?.close(),
  };
}

const endOf = (decoding: Decoding): Promise<DecodedPiece> => decoding.end();

const SHORT_MAGIC_BYTES = 12;
const SYNC_BYTE = 0xff;

/** MP3 without a tag and AAC tell by a second frame behind the first; everything else within a few bytes, or never. */
function isTelling(head: Uint8Array): boolean {
  const needed = head[0] === SYNC_BYTE ? LONGEST_MAGIC_BYTES : SHORT_MAGIC_BYTES;
  return head.length >= needed || detectContainer(head) !== undefined;
}

/** Nothing on this machine decodes it. */
export function noProgram(kind: TranscodedKind): SttError {
  return new SttError(
    'audio_unsupported',
    `This is ${containerName(kind)}, and ffmpeg, which would decode it, is not installed on this server: convert it to another kind first.`,
  );
}

/** A file that is not decoded as it arrives came over a connection where nobody knows yet how long it will be. */
export function notAsItArrives(kind: TranscodedKind): SttError {
  return new SttError(
    'audio_unsupported',
    `This is ${containerName(kind)}, which is not decoded as it arrives: upload it whole to /stt/stream-chunk, or send another kind, such as WAV, FLAC, MP3, Ogg or WebM.`,
    { field: 'encoding' },
  );
}
