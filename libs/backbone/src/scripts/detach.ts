import lua from './detach.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Starts the resume window of a session whose connection is gone. */
export const detachScript = defineScript({
  name: 'detach',
  lua,
  flags: ['allow-oom'],
  keys: ['session', 'audio', 'log', 'expiry'],
  args: ['sessionId', 'connection', 'resumeWindowMs', 'slackMs'],
  decode: (reply) => oneOf(['DETACHED', 'KEPT'], reply),
});
