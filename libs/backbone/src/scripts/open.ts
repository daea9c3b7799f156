import lua from './open.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Begins a session: record, audio stream, membership in `open` and `expiry`, wake-up. */
export const openScript = defineScript({
  name: 'open',
  lua,
  flags: [],
  keys: ['session', 'audio', 'open', 'expiry', 'work'],
  args: ['sessionId', 'config', 'provider', 'epoch', 'secret', 'liveTtlMs', 'slackMs', 'publish'],
  decode: (reply) => oneOf(['OPENED', 'TAKEN'], reply),
});
