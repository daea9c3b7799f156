import type { SessionId } from '@verbatim/protocol';
import lua from './keep-alive.lua';
import { textList } from './replies.ts';
import { defineScript } from './script.ts';

/** Refreshes the TTLs of connected sessions of one shard; returns those whose record is gone. */
export const keepAliveScript = defineScript({
  name: 'keep-alive',
  lua,
  flags: ['allow-oom'],
  keys: ['expiry'],
  args: ['liveTtlMs', 'slackMs'],
  moreKeys: ['session', 'audio', 'log'],
  moreArgs: ['sessionId'],
  decode: (reply) => textList(reply) as readonly SessionId[],
});
