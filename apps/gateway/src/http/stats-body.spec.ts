import { expect, it } from '@jest/globals';
import { statsSchema } from '@verbatim/protocol';
import { buildStats } from './stats-body.ts';

it('builds rates and means from the sums that the fleet has counted', () => {
  const stats = buildStats({
    activeSessions: 3,
    windowMinutes: 60,
    counters: {
      'requests:local': 4,
      'errors:local': 1,
      'errors:local:timeout': 1,
      'latency_ms_sum:local': 750,
      'latency_le_250:local': 2,
      'latency_le_500:local': 1,
      'failovers:google:local:rate_limited': 2,
      'hedges:whisper:local': 3,
      'hedges_won:whisper:local': 2,
      audio_samples_received: 32_000,
      audio_samples_processed: 16_000,
      lag_ms_sum: 900,
      lag_count: 10,
      dropped_interims: 2,
      resumes_recovered: 5,
      'refused_sessions:overloaded': 7,
      'closes:1000': 9,
      'closes:4201': 1,
      fenced_writes: 3,
    },
    nodes: [
      {
        nodeId: 't1',
        record: {
          ...{
            role: 'transcriber',
            version: '1',
            started_at_ms: 0,
            sessions: 3,
            capacity: 8,
            load: 0.5,
            draining: false,
          },
          providers: [{ name: 'whisper', languages: ['*'], status: 'ok' }],
        },
      },
    ],
  });
  expect(statsSchema.parse(stats)).toEqual(stats);
  expect(stats).toMatchObject({
    active_sessions: 3,
    audio_seconds: { received: 2, processed: 1 },
    lag_ms: 90,
    dropped_interims: 2,
    reliability: {
      resumes: { recovered: 5, refused: 0 },
      refused_sessions: { overloaded: 7 },
      closes: { '1000': 9, '4201': 1 },
      ...{ takeovers: 0, fenced_writes: 3, expired_sessions: 0 },
    },
    providers: {
      local: {
        ...{ requests: 4, errors: 1, error_rate: 0.25, failures: { timeout: 1 } },
        latency_ms: { mean: 250, p50: 213, p95: 462 },
      },
      whisper: {
        ...{ requests: 0, errors: 0, error_rate: null, failures: {} },
        latency_ms: { mean: null, p50: null, p95: null },
      },
    },
    failovers: [{ from: 'google', to: 'local', reason: 'rate_limited', count: 2 }],
    hedges: [{ from: 'whisper', to: 'local', asked: 3, won: 2 }],
    workers: [{ id: 't1', sessions: 3 }],
  });
});
