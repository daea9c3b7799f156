import type { SessionId } from '@verbatim/protocol';
import lua from './due.lua';
import { textList } from './replies.ts';
import { defineScript } from './script.ts';

/** Lists candidates for a claim; whether one is to be had is decided by the claim itself. */
export const dueScript = defineScript({
  name: 'due',
  lua,
  flags: ['no-writes'],
  keys: ['open'],
  args: ['offset', 'limit'],
  decode: (reply) => textList(reply) as readonly SessionId[],
});
