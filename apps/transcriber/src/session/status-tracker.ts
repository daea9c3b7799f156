import type { ProviderName, SessionStatus } from '@verbatim/protocol';

/** The client is told when its text is this late, and again when it has caught up to half of it. Units: milliseconds. */
export const DEGRADED_LAG_MS = 2000;
const RECOVERED_LAG_MS = DEGRADED_LAG_MS / 2;

export interface SessionCondition {
  /** How late the session's text is. Units: milliseconds. */
  readonly lagMs: number;
  /** A session taken over replays the audio after its checkpoint first. */
  readonly hasCaughtUp: boolean;
  /** The recogniser fails and is tried again. */
  readonly isRecognizerFailing: boolean;
}

/** Turns what is known about a session into `session_status` messages, one at each change. */
export interface StatusTracker {
  update(condition: SessionCondition): SessionStatus | undefined;
}

const REASONS: Readonly<Record<SessionStatus['state'], string>> = {
  recovering: 'another transcriber took the session over and reads the audio since the last final again',
  degraded: 'text is late; nothing is lost',
  ok: 'text is on time',
};

export function createStatusTracker(provider: ProviderName): StatusTracker {
  let state: SessionStatus['state'] = 'ok';
  return {
    update(condition) {
      const next = nextState(state, condition);
      if (next === state) return undefined;
      state = next;
      const reason = condition.isRecognizerFailing
        ? 'the recogniser fails and is tried again; nothing is lost'
        : REASONS[next];
      return { type: 'session_status', state, lag_ms: Math.round(condition.lagMs), provider, reason };
    },
  };
}

function nextState(state: SessionStatus['state'], condition: SessionCondition): SessionStatus['state'] {
  if (condition.isRecognizerFailing) return 'degraded';
  if (!condition.hasCaughtUp) return 'recovering';
  return condition.lagMs > (state === 'degraded' ? RECOVERED_LAG_MS : DEGRADED_LAG_MS) ? 'degraded' : 'ok';
}
