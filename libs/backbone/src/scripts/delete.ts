import lua from './delete.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Forgets a session: record, audio, text, places in the shard's sets. @see docs/adr/0016-deleting-a-session.md */
export const deleteScript = defineScript({
  name: 'delete',
  lua,
  flags: ['allow-oom'],
  keys: ['session', 'audio', 'log', 'open', 'expiry', 'text'],
  args: ['sessionId', 'publish'],
  decode: (reply) => oneOf(['DELETED', 'GONE'], reply),
});
