import { SttError } from '@verbatim/protocol';
import { OPUS_HEAD_BYTES, readOpusHead, type OpusHead } from '../opus/opus-head.ts';
import { ebmlChildren, ebmlUnsigned } from './ebml.ts';

const TRACK_ENTRY = 0xae;
const TRACK_NUMBER = 0xd7;
const CODEC_ID = 0x86;
const CODEC_PRIVATE = 0x63a2;
const CONTENT_ENCODINGS = 0x6d80;

const OPUS = 'A_OPUS';
const SHOWN_NAME_LETTERS = 32;

/** The track that is transcribed. */
export interface WebmTrack {
  readonly number: number;
  readonly head: OpusHead;
  /** The head as it stands in the file. */
  readonly opusHead: Uint8Array;
}

/** Finds the first track of Opus. @throws SttError `audio_unsupported` that names what is there instead */
export function readWebmTracks(data: Uint8Array): WebmTrack {
  const codecs: string[] = [];
  for (const { id, data: entry } of ebmlChildren(data)) {
    if (id !== TRACK_ENTRY) continue;
    const fields = new Map([...ebmlChildren(entry)].map((child) => [child.id, child.data]));
    const codec = String.fromCharCode(...(fields.get(CODEC_ID) ?? []).slice(0, SHOWN_NAME_LETTERS));
    const opusHead = fields.get(CODEC_PRIVATE)?.slice(0, OPUS_HEAD_BYTES);
    if (codec !== OPUS || opusHead === undefined) {
      codecs.push(codec.replaceAll(/[^\w/]/g, ''));
      continue;
    }
    if (fields.has(CONTENT_ENCODINGS)) throw unsupported('Opus that is packed or encrypted once more');
    return {
      number: ebmlUnsigned(fields.get(TRACK_NUMBER) ?? Uint8Array.of()),
      head: readOpusHead(opusHead),
      opusHead,
    };
  }
  throw unsupported(codecs.length === 0 ? 'no track' : codecs.join(', '));
}

function unsupported(found: string): SttError {
  return new SttError(
    'audio_unsupported',
    `This WebM or Matroska file holds ${found}; accepted is Opus (A_OPUS), so convert it first.`,
  );
}
