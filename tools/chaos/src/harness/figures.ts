import type { LedgerOutcome } from '@verbatim/fleet';
import type { Figure } from '../scenario.ts';
import { percentile } from './statistics.ts';

interface Goals {
  readonly p50?: number;
  readonly p99?: number;
}

/** p50, p99 and the worst of times in milliseconds. */
export function timeFigures(what: string, timesMs: readonly number[], goals: Goals = {}): readonly Figure[] {
  const samples = timesMs.length;
  const line = (name: string, share: number, atMost?: number): Figure => ({
    what: `${what}, ${name}`,
    value: Math.round(percentile(timesMs, share)),
    ...{ unit: 'ms', samples },
    ...(atMost === undefined ? {} : { atMost }),
  });
  return [line('p50', 0.5, goals.p50), line('p99', 0.99, goals.p99), line('longest', 1)];
}

/** A number of things that happened. */
export function countFigure(what: string, value: number, unit = ''): Figure {
  return { what, value, unit, samples: value };
}

/** Words that were checked one by one: with no violation all of them came once, unchanged, in order. */
export function wordsFigure(words: number, sessions: number): Figure {
  return { what: `words checked, ${sessions} sessions`, value: words, unit: '', samples: words };
}

/** 16 kHz, s16le. */
const BYTES_PER_AUDIO_MS = 32;

/** Audio that was acknowledged, lost by a failover, and sent again from the clients' rings. */
export function reclaimedFigure(outcomes: readonly LedgerOutcome[]): Figure {
  const bytes = outcomes.reduce((sum, { reclaimedBytes }) => sum + reclaimedBytes, 0);
  const resumes = outcomes.reduce((sum, outcome) => sum + outcome.resumes.length, 0);
  const what = 'acknowledged audio that was lost and sent again';
  return { what, value: Math.round(bytes / BYTES_PER_AUDIO_MS), unit: 'ms of audio', samples: resumes };
}
