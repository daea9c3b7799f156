import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  BREAKER_FAILURES_IN_A_ROW,
  BREAKER_LASTING_OPEN_MS,
  BREAKER_LEAST_CALLS,
  BREAKER_OPEN_MS,
  BREAKER_PROBE_MS,
  BREAKER_WINDOW_MS,
  breakerPhase,
  closedBreaker,
  stepBreaker,
  type BreakerEffect,
  type BreakerEvent,
  type BreakerState,
} from './circuit-breaker.ts';

const ok = (atMs: number): BreakerEvent => ({ type: 'call_succeeded', atMs });
const bad = (atMs: number): BreakerEvent => ({ type: 'call_failed', atMs, isLasting: false });
const lasting = (atMs: number): BreakerEvent => ({ type: 'call_failed', atMs, isLasting: true });
const ask = (atMs: number): BreakerEvent => ({ type: 'admission_asked', atMs });

function times(count: number, event: BreakerEvent): BreakerEvent[] {
  return Array.from({ length: count }, () => event);
}

function play(events: readonly BreakerEvent[]): { readonly state: BreakerState; readonly effects: BreakerEffect[] } {
  let state = closedBreaker;
  const effects: BreakerEffect[] = [];
  for (const event of events) {
    const step = stepBreaker(state, event);
    ({ state } = step);
    effects.push(...step.effects);
  }
  return { state, effects };
}

/** Each failure has an answer behind it: what opens then is the share. */
function mixed(count: number, atMs: number): BreakerEvent[] {
  return Array.from({ length: count }, () => [bad(atMs), ok(atMs)]).flat();
}

const opening = times(BREAKER_FAILURES_IN_A_ROW, bad(0));

describe('a circuit breaker', () => {
  it.each<[string, readonly BreakerEvent[], number, 'closed' | 'open' | 'half_open']>([
    ['is closed at first', [], 0, 'closed'],
    ['stays closed under four failures in a row', times(BREAKER_FAILURES_IN_A_ROW - 1, bad(0)), 0, 'closed'],
    ['opens at the fifth', opening, 0, 'open'],
    ['opens at the fifth though all went well before', [...times(90, ok(0)), ...opening], 0, 'open'],
    ['counts anew after an answer', [...times(4, bad(0)), ...times(9, ok(0)), ...times(4, bad(0))], 0, 'closed'],
    ['opens when half of the calls fail', [...mixed(BREAKER_LEAST_CALLS / 2, 0), bad(0)], 0, 'open'],
    ['stays closed when fewer fail', [...times(2, ok(0)), ...mixed(5, 0), bad(0)], 0, 'closed'],
    ['opens by failures only, not by the call that makes ten', [...mixed(4, 0), bad(0), ok(0)], 0, 'closed'],
    [
      'forgets what is older than its window',
      [...mixed(BREAKER_LEAST_CALLS / 2, 0), bad(BREAKER_WINDOW_MS)],
      BREAKER_WINDOW_MS,
      'closed',
    ],
    ['opens at once for what only a person can mend', [...times(50, ok(0)), lasting(0)], BREAKER_OPEN_MS, 'open'],
    ['is open until its time is over', opening, BREAKER_OPEN_MS - 1, 'open'],
    ['is half open then', opening, BREAKER_OPEN_MS, 'half_open'],
    ['is half open later after a lasting failure', [lasting(0)], BREAKER_LASTING_OPEN_MS, 'half_open'],
    ['is not closed by an answer that comes late', [...opening, ok(1)], BREAKER_OPEN_MS, 'half_open'],
    ['closes when the probe is answered', [...opening, ok(BREAKER_OPEN_MS)], BREAKER_OPEN_MS, 'closed'],
    ['opens again when the probe fails', [...opening, bad(BREAKER_OPEN_MS)], 2 * BREAKER_OPEN_MS - 1, 'open'],
    ['starts to count anew once it closed', [...opening, ok(BREAKER_OPEN_MS), bad(BREAKER_OPEN_MS)], 16_000, 'closed'],
    [
      'is not opened for less by what was asked before',
      [lasting(0), ...times(20, bad(1))],
      BREAKER_OPEN_MS + 1,
      'open',
    ],
  ])('%s', (_name, events, atMs, expected) => {
    expect(breakerPhase(play(events).state, atMs)).toBe(expected);
  });

  it('lets one probe through when it is half open, and another when the first says nothing', () => {
    const asked = [BREAKER_OPEN_MS - 1, BREAKER_OPEN_MS, BREAKER_OPEN_MS + 1, BREAKER_OPEN_MS + BREAKER_PROBE_MS];
    const admitted = asked.map((_, index) => {
      const { effects } = play([...opening, ...asked.slice(0, index + 1).map(ask)]);
      return effects.filter(({ type }) => type === 'admitted').length;
    });
    expect(admitted).toEqual([0, 1, 1, 2]);
  });

  it('says when it opens and when it closes', () => {
    expect(play([...opening, bad(1), ok(BREAKER_OPEN_MS)]).effects).toEqual([
      { type: 'opened', untilMs: BREAKER_OPEN_MS },
      { type: 'closed' },
    ]);
  });

  it('admits nobody before its time is over, and one at a time after that, whatever happens', () => {
    const happening = fc.tuple(fc.constantFrom('ok', 'bad', 'lasting', 'ask'), fc.nat(20_000));
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 200 }), (happenings) => {
        let state: BreakerState = closedBreaker;
        let atMs = 0;
        let openUntilMs = -Infinity;
        let probedAtMs = -Infinity;
        for (const [kind, laterMs] of happenings) {
          atMs += laterMs;
          const event = { ok, bad, lasting, ask }[kind as 'ok'](atMs);
          const before = breakerPhase(state, atMs);
          const step = stepBreaker(state, event);
          ({ state } = step);
          for (const effect of step.effects) {
            if (effect.type === 'opened') {
              expect(effect.untilMs).toBeGreaterThanOrEqual(openUntilMs);
              openUntilMs = effect.untilMs;
              probedAtMs = -Infinity;
            }
            if (effect.type === 'closed') expect(atMs).toBeGreaterThanOrEqual(openUntilMs);
            if (effect.type !== 'admitted' || before === 'closed') continue;
            expect(atMs).toBeGreaterThanOrEqual(openUntilMs);
            expect(atMs - probedAtMs).toBeGreaterThanOrEqual(BREAKER_PROBE_MS);
            probedAtMs = atMs;
          }
          if (state.type === 'closed') expect(state.slices.length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('is closed again soon after a provider came back, as long as somebody asks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 100 }), (gapsMs) => {
        let atMs = 0;
        let state: BreakerState = closedBreaker;
        for (const gapMs of gapsMs) state = stepBreaker(state, lasting((atMs += gapMs))).state;
        const step = stepBreaker(state, ask(atMs + BREAKER_LASTING_OPEN_MS));
        expect(step.effects).toEqual([{ type: 'admitted' }]);
        const { state: after } = stepBreaker(step.state, ok(atMs + BREAKER_LASTING_OPEN_MS + 1));
        expect(breakerPhase(after, atMs)).toBe('closed');
      }),
    );
  });
});
