import type { SessionId } from '@verbatim/protocol';
import type { NativeSession } from './native-session.ts';

/** A round is walked in so many steps, so that thousands of acknowledgements do not leave in one burst. */
const STEPS_PER_ROUND = 10;

export interface RoundsOptions {
  readonly roundMs: number;
  readonly keepAliveIntervalMs: number;
  readonly nowMs: () => number;
  /** Answers with those that are gone. */
  readonly keepAlive: (sessionIds: readonly SessionId[]) => Promise<readonly SessionId[]>;
  /** Also told what a step threw: one session's defect must not stop the rounds of the others. */
  readonly onFailure: (error: unknown) => void;
}

/** Every connection of this process, looked after by one timer: none of them has a timer of its own. */
export interface Rounds {
  readonly size: number;
  add(session: NativeSession): void;
  remove(session: NativeSession): void;
  /** All sessions, in the order in which they came within their step. */
  all(): readonly NativeSession[];
  /** Does not wait for the next time: Redis was away, and what it holds now may be older than what was there, or nothing. */
  keepAliveNow(): void;
  stop(): void;
}

/** Starts the timer. */
export function startRounds(options: RoundsOptions): Rounds {
  const steps = Array.from({ length: STEPS_PER_ROUND }, () => new Set<NativeSession>());
  let added = 0;
  let nextStep = 0;
  let keptAliveAtMs = options.nowMs();

  const all = (): readonly NativeSession[] => steps.flatMap((sessions) => [...sessions]);
  const keepAlive = async (): Promise<void> => {
    keptAliveAtMs = options.nowMs();
    const held = new Map(all().flatMap((session) => (session.heldSessionId ? [[session.heldSessionId, session]] : [])));
    if (held.size === 0) return;
    const gone = await options.keepAlive([...held.keys()]);
    for (const sessionId of gone) held.get(sessionId)?.onStateGone();
  };
  const keepAliveNow = (): void => void keepAlive().catch(options.onFailure);
  const walk = (): void => {
    const nowMs = options.nowMs();
    for (const session of steps[nextStep] ?? []) {
      try {
        session.onRound(nowMs);
      } catch (error) {
        options.onFailure(error);
      }
    }
    nextStep = (nextStep + 1) % STEPS_PER_ROUND;
    if (nowMs - keptAliveAtMs >= options.keepAliveIntervalMs) keepAliveNow();
  };
  const timer = setInterval(walk, options.roundMs / STEPS_PER_ROUND);
  return {
    get size() {
      return steps.reduce((sum, sessions) => sum + sessions.size, 0);
    },
    add(session) {
      steps[added % STEPS_PER_ROUND]?.add(session);
      added += 1;
    },
    remove: (session) => steps.forEach((sessions) => sessions.delete(session)),
    all,
    keepAliveNow,
    stop: () => clearInterval(timer),
  };
}
