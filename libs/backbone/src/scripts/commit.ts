import lua from './commit.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Writes messages, checkpoint and trim under a fence, whole or not at all. About 11 µs of Redis. */
export const commitScript = defineScript({
  name: 'commit',
  lua,
  flags: ['allow-oom'],
  keys: ['session', 'log', 'audio', 'open', 'text'],
  args: ['fence', 'sessionId', 'checkpoint', 'releaseBeforeSample', 'ends', 'liveTtlMs', 'retentionMs', 'publish'],
  moreArgs: ['seq', 'json'],
  decode: (reply) => oneOf(['COMMITTED', 'ALREADY', 'FENCED'], reply),
});
