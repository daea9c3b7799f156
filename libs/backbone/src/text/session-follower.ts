import type { Seq } from '@verbatim/protocol';
import type { DurableMessage, GoneReason, TextListener } from '../faces.ts';
import { decodePayload } from './channel-payload.ts';
import { startMerge, stepMerge, type MergeEffect, type MergeEvent } from './text-merge.ts';

/** What a follower reads when it catches up or fills a hole. */
export interface LogReading {
  readonly messages: readonly DurableMessage[];
  /** The newest connection of the session; a `C` may have been missed. `undefined` when the record is gone. */
  readonly connection: number | undefined;
}

export interface SessionFollowerParts {
  /** Number of the follower's own connection; {@link OBSERVER} when it has none. */
  readonly connection: number;
  readonly afterSeq: Seq;
  readonly listener: TextListener;
  readonly readLog: (afterSeq: Seq) => Promise<LogReading>;
  /** Told how many messages the channel had not brought. */
  readonly onGapFilled: (messages: number) => void;
}

export interface SessionFollower {
  /** Takes what came over the channel. */
  receive(payload: string): void;
  /** Reads the log after what was delivered: at the start and after each cut. Resolves when done. @throws what `readLog` throws */
  catchUp(): Promise<void>;
  stop(): void;
}

/** Newer than any connection: whoever only observes is never replaced. */
export const OBSERVER = Infinity;

/** A read that failed while the connection lives is tried again; after a cut the catch-up comes anyway. */
const READ_AGAIN_MS = 500;

/** Performs the effects of the pure merge for one session. */
export function createSessionFollower(parts: SessionFollowerParts): SessionFollower {
  const { listener } = parts;
  let state = startMerge(parts.afterSeq);
  let isStopped = false;
  const notices = createNotices(parts);
  let retryTimer: NodeJS.Timeout | undefined;
  let settled: Promise<void> = Promise.resolve();

  const take = (event: MergeEvent) => {
    const step = stepMerge(state, event);
    state = step.state;
    for (const effect of step.effects) if (!isStopped) perform(effect);
    return step.effects;
  };

  const perform = (effect: MergeEffect) => {
    switch (effect.type) {
      case 'DeliverDurable':
        return listener.onDurable(effect.message);
      case 'DeliverTransient':
        return listener.onTransient(effect.json);
      case 'ReadLog':
        settled = read(effect.afterSeq);
        // whoever awaits catchUp() hears of it; a hole is tried again
        settled.catch(() => undefined);
    }
  };

  const read = async (afterSeq: Seq) => {
    const isForHole = state.early.size > 0;
    try {
      const { messages, connection } = await parts.readLog(afterSeq);
      const delivered = take({ type: 'LogRead', messages }).filter(({ type }) => type === 'DeliverDurable').length;
      if (isForHole && delivered > 0) parts.onGapFilled(delivered);
      if (!isStopped) notices.see(connection);
    } catch (error) {
      take({ type: 'LogReadFailed' });
      clearTimeout(retryTimer);
      if (!isStopped) retryTimer = setTimeout(() => take({ type: 'CatchUpAsked' }), READ_AGAIN_MS);
      throw error;
    }
  };

  return {
    receive(payload) {
      const decoded = isStopped ? undefined : decodePayload(payload);
      if (decoded?.kind === 'durable') take({ type: 'DurableArrived', message: decoded.message });
      if (decoded?.kind === 'transient') take({ type: 'TransientArrived', fence: decoded.fence, json: decoded.json });
      if (decoded?.kind === 'replaced') notices.see(decoded.connection);
      if (decoded?.kind === 'deleted') notices.gone('deleted');
    },
    catchUp() {
      take({ type: 'CatchUpAsked' });
      return settled;
    },
    stop() {
      isStopped = true;
      clearTimeout(retryTimer);
    },
  };
}

/** Tells of a newer connection, and of a session that is gone, once each. */
function createNotices({ connection: own, listener }: Pick<SessionFollowerParts, 'connection' | 'listener'>) {
  let isReplaced = false;
  let isGone = false;
  const gone = (why: GoneReason) => {
    if (isGone) return;
    isGone = true;
    listener.onGone(why);
  };
  return {
    gone,
    /** The session's newest connection; `undefined`: it has no record. */
    see(newest: number | undefined) {
      if (newest === undefined) return gone('missing');
      if (isReplaced || newest <= own) return;
      isReplaced = true;
      listener.onReplaced();
    },
  };
}
