import lua from './commit.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Writes messages, checkpoint and trim under a fence and an owner, whole or not at all. */
export const commitScript = defineScript({
  name: 'commit',
  lua,
  flags: ['allow-oom'],
  keys: ['session', 'log', 'audio', 'open', 'expiry', 'text'],
  args: [
    ...['fence', 'nodeId', 'sessionId', 'afterSeq', 'checkpoint', 'releaseBeforeSample'],
    ...['ends', 'keyTtlMs', 'retentionMs', 'publish'],
  ],
  moreArgs: ['seq', 'json'],
  decode: (reply) => oneOf(['COMMITTED', 'ALREADY', 'FENCED', 'ROLLED_BACK'], reply),
});
