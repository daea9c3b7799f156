import lua from './keep-alive.lua';
import { defineScript } from './script.ts';

/** Refreshes the TTLs of connected sessions of one shard. */
export const keepAliveScript = defineScript({
  name: 'keep-alive',
  lua,
  flags: ['allow-oom'],
  keys: [],
  args: ['liveTtlMs'],
  moreKeys: ['session', 'audio', 'log'],
  decode: Number,
});
