import lua from './audio-standing.lua';
import { oneOf, textList } from './replies.ts';
import { defineScript } from './script.ts';

export type AudioStanding =
  { readonly kind: 'GONE' } | { readonly kind: 'STANDS'; readonly connection: number; readonly lastStreamId: string };

/** Reads how far a session's audio goes and which connection holds it, without moving any audio. */
export const audioStandingScript = defineScript({
  name: 'audio-standing',
  lua,
  flags: ['no-writes'],
  keys: ['session', 'audio'],
  args: [],
  decode(reply): AudioStanding {
    const [word, connection, lastStreamId = ''] = textList(reply);
    const kind = oneOf(['STANDS', 'GONE'], word);
    return kind === 'GONE' ? { kind } : { kind, connection: Number(connection), lastStreamId };
  },
});
