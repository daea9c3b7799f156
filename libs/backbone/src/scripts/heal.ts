import lua from './heal.lua';
import { defineScript } from './script.ts';

/** Removes members without a record from the sets of a shard. */
export const healScript = defineScript({
  name: 'heal',
  lua,
  flags: ['allow-oom'],
  keys: ['open', 'expiry'],
  args: [],
  moreKeys: ['session'],
  moreArgs: ['sessionId'],
  decode: Number,
});
