import { backboneVariables, toBackboneSettings, type BackboneSettings } from '@verbatim/backbone';
import { configurationOrExit, LOG_LEVELS, type LogLevel } from '@verbatim/observability';
import { z } from 'zod';

const durationMs = z.int().min(0).max(86_400_000);

/** Every variable the jobs process reads, as it is written in the environment. */
export const jobsVariablesSchema = z.object({
  ...backboneVariables,
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
export interface JobsConfig extends BackboneSettings {
  readonly host: string;
  readonly port: number;
  readonly reapMs: number;
  readonly stuckAfterMs: number;
  readonly logLevel: LogLevel;
}

/** One period may be late and one may fail; three without a finished job are a queue that stands. */
const STUCK_PERIODS = 3;

/** Gives the variables the names the code uses. */
export function toJobsConfig(variables: z.infer<typeof jobsVariablesSchema>): JobsConfig {
  return {
    ...toBackboneSettings(variables),
    host: variables.HOST,
    port: variables.STT_JOBS_PORT,
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
