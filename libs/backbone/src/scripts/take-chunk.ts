import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';
import lua from './take-chunk.lua';

/** Moves a chunk session on behind an upload that is stored whole. @see docs/adr/0015-http-chunks.md */
export const takeChunkScript = defineScript({
  name: 'take-chunk',
  lua,
  flags: [],
  keys: ['session', 'audio', 'log', 'expiry'],
  args: [
    ...(['sessionId', 'index', 'digest', 'decoder', 'sample', 'clientBytes', 'isFinal'] as const),
    ...(['resumeWindowMs', 'slackMs'] as const),
  ],
  decode: (reply) => oneOf(['TAKEN', 'ALREADY', 'OTHER_BYTES', 'MOVED', 'OVER', 'GONE'], reply),
});
