import { REDIS_URL_HINT, REDIS_URL_PATTERN } from '@verbatim/backbone';
import { configurationOrExit, LOG_LEVELS, type LogLevel } from '@verbatim/observability';
import { z } from 'zod';

const durationMs = z.int().min(0).max(86_400_000);

/** Every variable the jobs process reads, as it is written in the environment. */
export const jobsVariablesSchema = z.object({
  REDIS_URL: z
    .string()
    .regex(REDIS_URL_PATTERN, REDIS_URL_HINT)
    .default('redis://127.0.0.1:6379')
    .describe('The Redis that all processes of the fleet share.'),
  HOST: z
    .string()
    .default('0.0.0.0')
    .describe('Address to listen on. All interfaces, as a container needs; 127.0.0.1 keeps it to this machine.'),
  STT_JOBS_PORT: z
    .int()
    .min(0)
    .max(65_535)
    .default(8090)
    .describe('Port of `/livez`, `/readyz` and `/startupz`; 0 takes a free one.'),
  STT_KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, '1 to 64 letters, digits, and . _ -')
    .default('stt')
    .describe('First part of every key in Redis; the same for the whole fleet.'),
  STT_SHARDS: z
    .int()
    .min(1)
    .max(100)
    .default(16)
    .describe('Shards that sessions are spread over; the same for the whole fleet.'),
  STT_RESUME_WINDOW_MS: durationMs
    .min(1000)
    .default(300_000)
    .describe('How long a session without a connection can be resumed.'),
  STT_RETENTION_MS: durationMs.min(1000).default(300_000).describe('How long an ended session stays readable.'),
  STT_REAP_MS: durationMs
    .min(100)
    .default(5000)
    .describe('How often sessions are looked for that nobody came back to; once for all jobs processes together.'),
  STT_JOBS_STUCK_MS: durationMs
    .min(1000)
    .default(60_000)
    .describe(
      'Without a finished job for so long the queue worker is made anew, and after three times as long `/livez` fails; ' +
        'at least three times STT_REAP_MS. Time in which Redis is away does not count.',
    ),
  STT_LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least severe level that is logged.'),
});

/** What the jobs process runs with. Every duration in milliseconds. */
export interface JobsConfig {
  readonly redisUrl: string;
  readonly host: string;
  readonly port: number;
  readonly keyPrefix: string;
  readonly shards: number;
  readonly resumeWindowMs: number;
  readonly retentionMs: number;
  readonly reapMs: number;
  readonly stuckAfterMs: number;
  readonly logLevel: LogLevel;
}

/** One period may be late and one may fail; three without a finished job are a queue that stands. */
const STUCK_PERIODS = 3;

/** Gives the variables the names the code uses. */
export function toJobsConfig(variables: z.infer<typeof jobsVariablesSchema>): JobsConfig {
  return {
    redisUrl: variables.REDIS_URL,
    host: variables.HOST,
    port: variables.STT_JOBS_PORT,
    keyPrefix: variables.STT_KEY_PREFIX,
    shards: variables.STT_SHARDS,
    resumeWindowMs: variables.STT_RESUME_WINDOW_MS,
    retentionMs: variables.STT_RETENTION_MS,
    reapMs: variables.STT_REAP_MS,
    stuckAfterMs: Math.max(variables.STT_JOBS_STUCK_MS, STUCK_PERIODS * variables.STT_REAP_MS),
    logLevel: variables.STT_LOG_LEVEL,
  };
}

/** Reads the environment, the only place that does; prints every problem and exits 78 when something is wrong. */
export function readConfigOrExit(): JobsConfig {
  const { env, argv } = process;
  return toJobsConfig(configurationOrExit(jobsVariablesSchema, { env, argv, name: 'jobs' }));
}
