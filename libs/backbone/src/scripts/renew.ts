import type { SessionId } from '@verbatim/protocol';
import lua from './renew.lua';
import { textList } from './replies.ts';
import { defineScript } from './script.ts';

/** Extends many leases of one shard; returns those that are lost. */
export const renewScript = defineScript({
  name: 'renew',
  lua,
  flags: ['allow-oom'],
  keys: ['open', 'expiry'],
  args: ['nodeId', 'leaseMs'],
  moreKeys: ['session'],
  moreArgs: ['sessionId', 'fence'],
  decode: (reply) => textList(reply) as readonly SessionId[],
});
