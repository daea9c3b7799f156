import { z } from 'zod';
import { BREAKER_STATES, nodeRecordSchema } from '../records/backbone-records.ts';

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const condition = z.enum(['ok', 'degraded', 'down']);

/** The body of `GET /health`: what a person or a monitor asks first. Never used as a probe; those are `/livez` and `/readyz`. */
export const healthSchema = z.object({
  status: condition.describe(
    '`ok`: everything works · `degraded`: sessions are served, but something is missing · `down`: no session can be served.',
  ),
  redis: z.object({
    status: condition,
    ping_ms: milliseconds.nullable().describe('Round trip in milliseconds; null when Redis did not answer.'),
    reason: z.string().optional(),
  }),
  providers: z
    .record(
      z.string(),
      z.object({
        status: condition,
        reason: z.string().optional().describe('Why it is not `ok`, in one sentence.'),
        transcribers: count.describe('Live transcribers that offer this provider.'),
        breaker: z
          .enum(BREAKER_STATES)
          .optional()
          .describe(
            'Whether requests go to it: of the transcriber that it works best for. `open`: none, it failed too often.',
          ),
      }),
    )
    .describe('Every recogniser that a live transcriber offers, by name.'),
  transcribers: count.describe('Live transcribers, draining ones included.'),
  version: z.string(),
  uptime_s: z.number().min(0).describe('Seconds since this gateway started.'),
});

export type Health = z.infer<typeof healthSchema>;

/** One live process, as `/streaming/stats` shows it: its node record under its id. */
export const workerSchema = nodeRecordSchema.extend({ id: z.string() });

const latency = milliseconds.nullable();

const providerStatsSchema = z.object({
  requests: count.describe('Decodes asked of this provider.'),
  errors: count.describe('Decodes that failed.'),
  error_rate: z.number().min(0).max(1).nullable().describe('Errors by requests; null when there was no request.'),
  failures: z.record(z.string(), count).describe('The errors by what went wrong, for example `rate_limited`.'),
  latency_ms: z
    .object({
      mean: latency.describe('Over the decodes that were answered.'),
      p50: latency.describe('Half of them took less; estimated from buckets, as is `p95`.'),
      p95: latency,
    })
    .describe('From request to answer; null while nothing was answered.'),
});

const failoverSchema = z.object({
  from: z.string(),
  to: z.string(),
  reason: z.string().describe('What the first one failed with, for example `timeout`.'),
  count,
});

const hedgeSchema = z.object({
  from: z.string(),
  to: z.string(),
  asked: count,
  won: count.describe('The second one answered first.'),
});

const reliabilitySchema = z.object({
  resumes: z.object({
    recovered: count.describe('Connections that took their session over without a gap.'),
    refused: count.describe('Resumes that were told why not: window passed, state lost, token not valid.'),
  }),
  refused_sessions: z.record(z.string(), count).describe('New sessions that were not opened, by error code.'),
  closes: z.record(z.string(), count).describe('Closed connections by close code: 1000 is done, 4201 a slow consumer.'),
  takeovers: count.describe('Sessions that another transcriber went on with.'),
  fenced_writes: count.describe('Writes of a transcriber that had lost its session; all were refused.'),
  rolled_back_commits: count.describe('Commits refused because a failover of Redis had taken back earlier ones.'),
  expired_sessions: count.describe('Sessions ended because their client did not come back in time.'),
  quarantined_sessions: count.describe(
    'Sessions ended because their audio brought down one transcriber after the other.',
  ),
});

/** The body of `GET /streaming/stats`: summed over all replicas, from Redis. */
export const statsSchema = z.object({
  active_sessions: count.describe('Live and detached sessions, over all replicas.'),
  window_minutes: count.min(1).describe('The counters below cover so many minutes, the running one included.'),
  providers: z.record(z.string(), providerStatsSchema),
  failovers: z
    .array(failoverSchema)
    .describe('Sessions that went on with another recogniser, the most frequent switch first.'),
  hedges: z
    .array(hedgeSchema)
    .describe('Finals that were slow and therefore asked of a second recogniser, too; empty where hedging is off.'),
  audio_seconds: z.object({
    received: z.number().min(0).describe('Audio stored by gateways.'),
    processed: z.number().min(0).describe('Audio read by transcribers.'),
  }),
  lag_ms: milliseconds.nullable().describe('Mean delay from audio stored to audio processed; null when nothing was.'),
  dropped_interims: count.describe('Interim decodes dropped as stale: the sign of too few transcribers.'),
  reliability: reliabilitySchema.describe('What went wrong, and what was done about it.'),
  workers: z.array(workerSchema),
});

export type StreamingStats = z.infer<typeof statsSchema>;
export type StreamingWorker = z.infer<typeof workerSchema>;
