import type { ProviderName, SessionStatus } from '@verbatim/protocol';

/** The client is told when its text is this late, and again when it has caught up to half of it. Units: milliseconds. */
export const DEGRADED_LAG_MS = 2000;
const RECOVERED_LAG_MS = DEGRADED_LAG_MS / 2;

export interface SessionCondition {
  /** The recogniser at work. */
  readonly provider: ProviderName;
  /** How late the session's text is. Units: milliseconds. */
  readonly lagMs: number;
  /** `undefined` once the audio after the checkpoint has been read again. */
  readonly catchingUpAfter: 'takeover' | 'switch' | undefined;
  /** The recogniser fails and is tried again. */
  readonly isRecognizerFailing: boolean;
}

/** Turns what is known about a session into `session_status` messages, one at each change of its state or its recogniser. */
export interface StatusTracker {
  update(condition: SessionCondition): SessionStatus | undefined;
}

const RECOVERING_REASONS = {
  takeover: 'another transcriber took the session over and reads the audio since the last final again',
  switch: 'another recogniser goes on and hears the audio since the last final again; nothing is lost',
} as const;

export function createStatusTracker(firstProvider: ProviderName): StatusTracker {
  let state: SessionStatus['state'] = 'ok';
  let provider = firstProvider;
  return {
    update(condition) {
      const next = nextState(state, condition);
      if (next === state && condition.provider === provider) return undefined;
      state = next;
      ({ provider } = condition);
      const reason = reasonOf(next, condition);
      return { type: 'session_status', state, lag_ms: Math.round(condition.lagMs), provider, reason };
    },
  };
}

function nextState(state: SessionStatus['state'], condition: SessionCondition): SessionStatus['state'] {
  if (condition.isRecognizerFailing) return 'degraded';
  if (condition.catchingUpAfter !== undefined) return 'recovering';
  return condition.lagMs > (state === 'degraded' ? RECOVERED_LAG_MS : DEGRADED_LAG_MS) ? 'degraded' : 'ok';
}

function reasonOf(state: SessionStatus['state'], condition: SessionCondition): string {
  switch (state) {
    case 'ok':
      return 'text is on time';
    case 'recovering':
      return RECOVERING_REASONS[condition.catchingUpAfter ?? 'takeover'];
    case 'degraded':
      return condition.isRecognizerFailing
        ? 'the recogniser fails and is tried again; nothing is lost'
        : 'text is late; nothing is lost';
  }
}
