import type { Seq } from '@verbatim/protocol';
import lua from './begin-chunk.lua';
import { oneOf, textList } from './replies.ts';
import { defineScript } from './script.ts';

export type BeginChunkReply =
  | {
      readonly kind: 'BEGUN';
      readonly index: number;
      readonly config: string;
      /** How far the audio is stored: beyond the last chunk taken when an earlier try of this one died. */
      readonly sample: number;
      readonly clientBytes: number;
      readonly told: Seq;
      /** As the last chunk left it; empty for the first one. */
      readonly decoder: string;
    }
  | {
      readonly kind: 'TAKEN';
      readonly index: number;
      readonly config: string;
      readonly told: Seq;
      readonly isAnswered: boolean;
    }
  | { readonly kind: 'AHEAD' | 'OTHER_BYTES'; readonly index: number }
  | { readonly kind: 'OVER' | 'NOT_CHUNKED' | 'GONE' };

/** Lets an upload of a chunk session begin. @see docs/adr/0015-http-chunks.md */
export const beginChunkScript = defineScript({
  name: 'begin-chunk',
  lua,
  flags: ['allow-oom'],
  keys: ['session', 'audio', 'log', 'open', 'expiry'],
  args: ['sessionId', 'index', 'digest', 'isFirst', 'liveTtlMs', 'slackMs'],
  decode(reply): BeginChunkReply {
    const [word, index, ...rest] = textList(reply);
    const kind = oneOf(['BEGUN', 'TAKEN', 'AHEAD', 'OTHER_BYTES', 'OVER', 'NOT_CHUNKED', 'GONE'], word);
    switch (kind) {
      case 'BEGUN': {
        const [config = '', sample, clientBytes, told, decoder = ''] = rest;
        const stored = { sample: Number(sample), clientBytes: Number(clientBytes) };
        return { kind, index: Number(index), config, ...stored, told: Number(told) as Seq, decoder };
      }
      case 'TAKEN': {
        const [config = '', told, isAnswered] = rest;
        return { kind, index: Number(index), config, told: Number(told) as Seq, isAnswered: isAnswered === '1' };
      }
      case 'AHEAD':
      case 'OTHER_BYTES':
        return { kind, index: Number(index) };
      default:
        return { kind };
    }
  },
});
