import lua from './release.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Makes a held session nobody's and says so. */
export const releaseScript = defineScript({
  name: 'release',
  lua,
  flags: ['allow-oom'],
  keys: ['session', 'open', 'work'],
  args: ['sessionId', 'nodeId', 'fence', 'failed', 'publish'],
  decode: (reply) => oneOf(['RELEASED', 'FENCED'], reply),
});
