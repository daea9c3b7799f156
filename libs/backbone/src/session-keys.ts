import { shardOf, type SessionId } from '@verbatim/protocol';
import type { Keys } from './keys.ts';

/** The keys of one session and of its shard, by the names the scripts have for them. */
export function sessionKeys(keys: Keys, sessionId: SessionId) {
  const shard = shardOf(sessionId);
  return {
    session: keys.session(sessionId),
    audio: keys.audio(sessionId),
    log: keys.log(sessionId),
    text: keys.text(sessionId),
    open: keys.open(shard),
    expiry: keys.expiry(shard),
    work: keys.work(shard),
  };
}
