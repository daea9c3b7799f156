import { SESSION_STATES, type Seq, type SessionState } from '@verbatim/protocol';
import type { AudioStanding } from '../faces.ts';
import { oneOf, textList } from './replies.ts';
import lua from './resume.lua';
import { defineScript } from './script.ts';

export type ResumeReply =
  | { readonly kind: 'REFUSED' | 'EXPIRED' | 'GONE' }
  | {
      readonly kind: 'RESUMED';
      readonly connection: number;
      readonly config: string;
      readonly epoch: string;
      readonly seq: Seq;
      readonly state: SessionState;
      readonly audio: AudioStanding;
    };

/** Takes a session over for a newer connection. The token must have been verified before. @see ../gateway/resume-tokens.ts */
export const resumeScript = defineScript({
  name: 'resume',
  lua,
  flags: ['allow-oom'],
  keys: ['session', 'audio', 'log', 'open', 'expiry', 'text'],
  args: ['sessionId', 'token', 'liveTtlMs', 'slackMs', 'publish'],
  decode(reply): ResumeReply {
    const [word, connection, config = '', epoch = '', seq, state, sample, clientBytes, restartFrame = ''] =
      textList(reply);
    const kind = oneOf(['RESUMED', 'REFUSED', 'EXPIRED', 'GONE'], word);
    if (kind !== 'RESUMED') return { kind };
    return {
      kind,
      connection: Number(connection),
      config,
      epoch,
      seq: Number(seq) as Seq,
      state: oneOf(SESSION_STATES, state),
      audio: {
        sample: Number(sample),
        clientBytes: Number(clientBytes),
        ...(restartFrame === '' ? {} : { restartFrame: Number(restartFrame) }),
      },
    };
  },
});
