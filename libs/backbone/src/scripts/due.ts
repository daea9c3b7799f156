import type { SessionId } from '@verbatim/protocol';
import lua from './due.lua';
import { textList } from './replies.ts';
import { defineScript } from './script.ts';

/** Lists candidates for a claim or for the reaper; whether one is to be had is decided by `claim` or `expire` itself. */
export const dueScript = defineScript({
  name: 'due',
  lua,
  flags: ['no-writes'],
  keys: ['moments'],
  args: ['offset', 'limit'],
  decode: (reply) => textList(reply) as readonly SessionId[],
});
