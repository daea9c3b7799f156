import lua from './open.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Begins a session: record, audio stream, membership in `open`, wake-up. */
export const openScript = defineScript({
  name: 'open',
  lua,
  flags: [],
  keys: ['session', 'audio', 'open', 'work'],
  args: ['sessionId', 'config', 'provider', 'epoch', 'tokenHash', 'liveTtlMs', 'publish'],
  decode: (reply) => oneOf(['OPENED', 'TAKEN'], reply),
});
