import { describe, expect, it } from '@jest/globals';
import type { DecodeKind } from '@verbatim/streaming';
import fc from 'fast-check';
import { freshBudget, spendRequest } from './request-budget.ts';

const SECOND_SAMPLES = 16_000;

interface Asked {
  readonly kind: DecodeKind;
  readonly atSample: number;
}

/** The requests that came through. */
function granted(requests: readonly Asked[], requestsPerAudioSecond: number): readonly Asked[] {
  let budget = freshBudget;
  return requests.filter((request) => {
    const spent = spendRequest(budget, { ...request, requestsPerAudioSecond });
    budget = spent.budget;
    return spent.isGranted;
  });
}

function every(seconds: number, kind: DecodeKind, count: number): readonly Asked[] {
  return Array.from({ length: count }, (_, index) => ({
    kind,
    atSample: Math.round(index * seconds * SECOND_SAMPLES),
  }));
}

describe('the request budget of a channel', () => {
  it('lets interims through as often as it says', () => {
    expect(granted(every(0.5, 'interim', 121), 1)).toHaveLength(61);
    expect(granted(every(1, 'interim', 61), 1)).toHaveLength(61);
    expect(granted(every(0.5, 'interim', 121), 0.25)).toHaveLength(16);
  });

  it('bounds nothing at 0', () => {
    expect(granted(every(0.1, 'interim', 100), 0)).toHaveLength(100);
  });

  it('keeps one request for the speculation, however many interims are wanted', () => {
    const interims = every(0.5, 'interim', 10);
    const pause: Asked = { kind: 'speculative', atSample: 5 * SECOND_SAMPLES };
    expect(granted([...interims, pause], 0.1)).toEqual([interims[0], pause]);
  });

  it('never holds a final back, nor makes it cost an interim', () => {
    const finals = every(1, 'final', 60);
    const interims = every(1, 'interim', 60);
    const mixed = finals.flatMap((final, index) => [final, ...interims.slice(index, index + 1)]);
    expect(granted(mixed, 0.5)).toHaveLength(60 + granted(interims, 0.5).length);
  });

  it('grants no more than its rate and two in any stretch of audio', () => {
    const request = fc.record({
      kind: fc.constantFrom<DecodeKind>('interim', 'speculative'),
      stepSamples: fc.integer({ min: -2_400, max: 3 * SECOND_SAMPLES }),
    });
    const rate = fc.constantFrom(0.1, 0.3, 0.5, 1, 2, 7);
    fc.assert(
      fc.property(fc.array(request, { maxLength: 80 }), rate, (steps, requestsPerAudioSecond) => {
        let atSample = 0;
        const asked = steps.map(({ kind, stepSamples }) => {
          atSample = Math.max(0, atSample + stepSamples);
          return { kind, atSample };
        });
        const through = granted(asked, requestsPerAudioSecond);
        through.forEach((first, from) => {
          through.slice(from).forEach((last, count) => {
            const newest = Math.max(...through.slice(from, from + count + 1).map((one) => one.atSample));
            const seconds = (newest - first.atSample) / SECOND_SAMPLES;
            expect(count + 1).toBeLessThanOrEqual(seconds * requestsPerAudioSecond + 2 + 1e-6);
            expect(last.atSample).toBeLessThanOrEqual(newest);
          });
        });
      }),
    );
  });
});
