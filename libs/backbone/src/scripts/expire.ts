import lua from './expire.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Has a session finalised whose client did not come back in time. Checks again whether it is due: may run in several processes at once. */
export const expireScript = defineScript({
  name: 'expire',
  lua,
  flags: ['allow-oom'],
  keys: ['session', 'audio', 'log', 'open', 'expiry', 'work'],
  args: ['sessionId', 'keyTtlMs', 'publish'],
  decode: (reply) => oneOf(['EXPIRED', 'NOT_DUE', 'GONE'], reply),
});
