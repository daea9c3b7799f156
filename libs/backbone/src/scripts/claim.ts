import type { Fence, Seq } from '@verbatim/protocol';
import lua from './claim.lua';
import { oneOf, textList } from './replies.ts';
import { defineScript } from './script.ts';

export type ClaimReply =
  | { readonly kind: 'TAKEN' | 'GONE' | 'OTHER_PROVIDER' }
  | {
      readonly kind: 'CLAIMED';
      readonly fence: Fence;
      readonly seq: Seq;
      readonly config: string;
      readonly checkpoint: string | undefined;
      readonly failedOwners: number;
    };

/** Takes one session: fence + 1 and a deadline, or nothing at all. */
export const claimScript = defineScript({
  name: 'claim',
  lua,
  flags: ['allow-oom'],
  keys: ['open', 'expiry', 'session'],
  args: ['sessionId', 'nodeId', 'leaseMs'],
  moreArgs: ['provider'],
  decode(reply): ClaimReply {
    const [word, fence, seq, config = '', checkpoint = '', failedOwners] = textList(reply);
    const kind = oneOf(['CLAIMED', 'TAKEN', 'GONE', 'OTHER_PROVIDER'], word);
    if (kind !== 'CLAIMED') return { kind };
    return {
      kind,
      fence: Number(fence) as Fence,
      seq: Number(seq) as Seq,
      config,
      checkpoint: checkpoint === '' ? undefined : checkpoint,
      failedOwners: Number(failedOwners),
    };
  },
});
