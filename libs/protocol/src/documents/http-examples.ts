import type { Health, StreamingStats } from '../http/health-and-stats.ts';
import type { Probe } from '../http/probe.ts';
import type { ChunkAnswer } from '../http/chunk-answer.ts';
import type { SessionView } from '../http/session-view.ts';
import type { HttpErrorBody } from '../messages/error-bodies.ts';
import { SESSION_ID_EXAMPLE } from './message-examples.ts';

export const HEALTH_EXAMPLE: Health = {
  status: 'degraded',
  redis: { status: 'ok', ping_ms: 0.4 },
  providers: {
    local: { status: 'ok', transcribers: 2 },
    google: { status: 'down', reason: 'its credentials are refused', transcribers: 2, breaker: 'open' },
  },
  transcribers: 2,
  version: '0.1.0',
  uptime_s: 3621.5,
};

export const DOWN_EXAMPLE: Health = {
  status: 'down',
  redis: { status: 'down', ping_ms: null, reason: 'Redis does not answer' },
  providers: {},
  transcribers: 0,
  version: '0.1.0',
  uptime_s: 3621.5,
};

export const STATS_EXAMPLE: StreamingStats = {
  active_sessions: 17,
  window_minutes: 60,
  providers: {
    local: {
      requests: 4210,
      errors: 3,
      error_rate: 0.0007,
      failures: { timeout: 3 },
      latency_ms: { mean: 182.4, p50: 161, p95: 417 },
    },
  },
  failovers: [{ from: 'google', to: 'local', reason: 'rate_limited', count: 2 }],
  hedges: [{ from: 'whisper', to: 'local', asked: 12, won: 10 }],
  audio_seconds: { received: 10140.2, processed: 10138.9 },
  lag_ms: 96,
  dropped_interims: 12,
  reliability: {
    resumes: { recovered: 21, refused: 1 },
    refused_sessions: { overloaded: 4 },
    closes: { '1000': 3980, '1006': 19, '4201': 2 },
    takeovers: 2,
    fenced_writes: 0,
    rolled_back_commits: 0,
    expired_sessions: 1,
    quarantined_sessions: 0,
  },
  workers: [
    {
      id: 'transcriber-4f1c',
      role: 'transcriber',
      version: '0.1.0',
      started_at_ms: 1758305652384,
      sessions: 9,
      capacity: 16,
      load: 0.4,
      draining: false,
      providers: [{ name: 'local', languages: ['en'], status: 'ok' }],
    },
  ],
};

export const SESSION_VIEW_EXAMPLE: SessionView = {
  session_id: SESSION_ID_EXAMPLE,
  state: 'detached',
  language: 'en',
  provider: 'local',
  epoch: 'e-4be1',
  last_seq: 1,
  transcript: 'the stale smell of old beer lingers',
  segments: [
    {
      seq: 1,
      segment_id: 0,
      channel: 0,
      start_ms: 320,
      end_ms: 2980,
      text: 'the stale smell of old beer lingers',
      confidence: 0.93,
      language: 'en',
      provider: 'local',
    },
  ],
};

export const CHUNK_ANSWER_EXAMPLE: ChunkAnswer = {
  session_id: SESSION_ID_EXAMPLE,
  chunk_index: 3,
  text: 'the stale smell of old beer lingers',
  is_final: true,
  confidence: 0.93,
  language: 'en',
  provider: 'local',
  timestamp: '2025-09-19T18:14:07.128490',
  segments: SESSION_VIEW_EXAMPLE.segments,
  transcript: 'the stale smell of old beer lingers',
};

export const PROBE_EXAMPLE: Probe = { status: 'ok', checks: { started: { ok: true }, draining: { ok: true } } };

export const HTTP_ERROR_EXAMPLE: HttpErrorBody = {
  error: 'Parameter sample_rate: "44" is not allowed; allowed: a whole number from 8000 to 48000.',
  code: 'bad_request',
  timestamp: 1758305652.384,
  retryable: false,
  request_id: 'req-7c9e6679',
};
