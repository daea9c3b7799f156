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
