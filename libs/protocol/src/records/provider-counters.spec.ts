import { describe, expect, it } from '@jest/globals';
import {
  latencyQuantileMs,
  LATENCY_BOUNDS_MS,
  PROVIDER_COUNTERS,
  readAskedProviders,
  readFailovers,
  readFailures,
  readHedges,
} from './provider-counters.ts';

function measured(...latenciesMs: readonly number[]): Record<string, number> {
  const counters: Record<string, number> = {};
  for (const latencyMs of latenciesMs) {
    const name = PROVIDER_COUNTERS.latencyBucket('google', latencyMs);
    counters[name] = (counters[name] ?? 0) + 1;
  }
  return counters;
}

describe('latencyQuantileMs', () => {
  it('is null for a recogniser that answered nothing', () => {
    expect(latencyQuantileMs({ 'latency_le_50:local': 3 }, 'google', 0.5)).toBeNull();
  });

  it('lies in the bucket of the true value, and evenly inside it', () => {
    const counters = measured(120, 130, 200, 240);
    expect(latencyQuantileMs(counters, 'google', 0.5)).toBe(175);
    expect(latencyQuantileMs(counters, 'google', 1)).toBe(250);
  });

  it('tells the slow tail from the middle', () => {
    const counters = measured(...Array.from({ length: 94 }, () => 40), ...Array.from({ length: 6 }, () => 4000));
    expect(latencyQuantileMs(counters, 'google', 0.5)).toBeLessThanOrEqual(50);
    expect(latencyQuantileMs(counters, 'google', 0.95)).toBeGreaterThan(2500);
  });

  it('says the highest bound for what is slower than any', () => {
    expect(latencyQuantileMs(measured(90_000), 'google', 0.5)).toBe(LATENCY_BOUNDS_MS.at(-1));
  });
});

describe('the counters of recognisers', () => {
  it.each([
    [0, 'latency_le_50:google'],
    [50, 'latency_le_50:google'],
    [50.1, 'latency_le_100:google'],
    [30_000, 'latency_le_30000:google'],
    [30_001, 'latency_le_inf:google'],
  ])('count a decode of %d ms in the one bucket %s', (latencyMs, name) => {
    expect(PROVIDER_COUNTERS.latencyBucket('google', latencyMs)).toBe(name);
  });

  it('are read back under the names they were written with', () => {
    const failover = { from: 'google', to: 'local', failure: 'rate_limited' };
    const counters = {
      [PROVIDER_COUNTERS.requests('google')]: 10,
      [PROVIDER_COUNTERS.errors('google')]: 3,
      [PROVIDER_COUNTERS.failures('google', 'rate_limited')]: 2,
      [PROVIDER_COUNTERS.failures('google', 'timeout')]: 1,
      [PROVIDER_COUNTERS.failures('whisper', 'timeout')]: 9,
      [PROVIDER_COUNTERS.failovers(failover)]: 2,
      [PROVIDER_COUNTERS.failovers({ ...failover, failure: 'timeout' })]: 5,
      [PROVIDER_COUNTERS.hedges({ from: 'whisper', to: 'local' })]: 7,
      [PROVIDER_COUNTERS.hedgesWon({ from: 'whisper', to: 'local' })]: 6,
      [PROVIDER_COUNTERS.hedges({ from: 'local', to: 'whisper' })]: 8,
    };
    expect(readAskedProviders(counters)).toEqual(['google']);
    expect(readFailures(counters, 'google')).toEqual({ rate_limited: 2, timeout: 1 });
    expect(readFailovers(counters)).toEqual([
      { ...failover, failure: 'timeout', count: 5 },
      { ...failover, count: 2 },
    ]);
    expect(readHedges(counters)).toEqual([
      { from: 'local', to: 'whisper', asked: 8, won: 0 },
      { from: 'whisper', to: 'local', asked: 7, won: 6 },
    ]);
  });
});
