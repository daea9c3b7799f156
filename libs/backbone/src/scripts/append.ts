import lua from './append.lua';
import { oneOf } from './replies.ts';
import { defineScript } from './script.ts';

/** Appends an audio entry that must go on from the one before. @see docs/adr/0007-acknowledged-audio-is-verified-after-each-reconnect.md */
export const appendScript = defineScript({
  name: 'append',
  lua,
  flags: [],
  keys: ['audio', 'session'],
  args: ['streamId', 'afterStreamId', 'field', 'content', 'clientBytes', 'restartFrame', 'mediaHeader'],
  decode: (reply) => oneOf(['STORED', 'GONE', 'ROLLED_BACK'], reply),
});
