import type { SessionId } from '@verbatim/protocol';
import type { BackboneConnections } from '../connection/backbone-connections.ts';
import type { GatewaySide } from '../faces.ts';
import { readLogEntries } from './log-reader.ts';
import {
  createSessionFollower,
  OBSERVER,
  type SessionFollower,
  type SessionFollowerParts,
} from './session-follower.ts';

export interface FollowedSessions {
  readonly follow: GatewaySide['follow'];
  readonly observe: GatewaySide['observe'];
  stopAll(): void;
}

/** Keeps the followed sessions of a process: all of them catch up whenever the subscription or the command connection was away. */
export function createFollowing(parts: Omit<BackboneConnections, 'close'>): FollowedSessions {
  const { settings, keys, commands, subscriber } = parts;
  const followers = new Set<SessionFollower>();

  const catchUpAll = () => {
    // a follower that fails tries again by itself
    for (const follower of followers) follower.catchUp().catch(() => undefined);
  };
  subscriber.onResubscribed(catchUpAll);
  commands.onReady(catchUpAll);

  const readLog = (sessionId: SessionId) => (afterSeq: Parameters<typeof readLogEntries>[2]) =>
    commands.run(async (client) => {
      const [messages, connection] = await Promise.all([
        readLogEntries(client, keys.log(sessionId), afterSeq),
        client.hget(keys.session(sessionId), 'connection'),
      ]);
      return { messages, connection: connection === null ? undefined : Number(connection) };
    });

  const start = async (
    sessionId: SessionId,
    who: Pick<SessionFollowerParts, 'connection' | 'afterSeq' | 'listener'>,
  ) => {
    const follower = createSessionFollower({
      ...who,
      readLog: readLog(sessionId),
      onGapFilled: (messages) => settings.onEvent({ type: 'log_gap_filled', sessionId, messages }),
    });
    // subscribed first, read second: whatever is committed in between comes at least once
    const channel = keys.text(sessionId);
    const unsubscribe = await commands.run(() => subscriber.subscribe(channel, (payload) => follower.receive(payload)));
    const stop = () => {
      follower.stop();
      followers.delete(follower);
      unsubscribe();
    };
    followers.add(follower);
    try {
      await follower.catchUp();
    } catch (error) {
      stop();
      throw error;
    }
    return { stop, follower };
  };

  return {
    async follow(sessionId, connection, afterSeq, listener) {
      const { stop } = await start(sessionId, { connection, afterSeq, listener });
      return { stop };
    },
    async observe(sessionId, afterSeq, listener) {
      const { stop, follower } = await start(sessionId, { connection: OBSERVER, afterSeq, listener });
      return { stop, look: () => void follower.catchUp().catch(() => undefined) };
    },
    stopAll() {
      for (const follower of followers) follower.stop();
      followers.clear();
    },
  };
}
