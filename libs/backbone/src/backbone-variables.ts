import { z } from 'zod';
import { REDIS_URL_HINT, REDIS_URL_PATTERN } from './connection/redis-address.ts';

const durationMs = z.int().min(0).max(86_400_000);

/**
 * The environment variables behind {@link BackboneOptions}. They must be the same for the whole fleet, so every app's schema spreads
 * these in place of its own.
 */
export const backboneVariables = {
  REDIS_URL: z
    .string()
    .regex(REDIS_URL_PATTERN, REDIS_URL_HINT)
    .default('redis://127.0.0.1:6379')
    .describe('The Redis that all processes of the fleet share.'),
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
  STT_LEASE_MS: durationMs
    .min(200)
    .default(2000)
    .describe('A transcriber that has not renewed for so long has lost its sessions; the same for the whole fleet.'),
  STT_RESUME_WINDOW_MS: durationMs
    .min(1000)
    .default(300_000)
    .describe('How long a session without a connection can be resumed.'),
  STT_RETENTION_MS: durationMs.min(1000).default(300_000).describe('How long an ended session stays readable.'),
};

export type BackboneVariables = z.infer<z.ZodObject<typeof backboneVariables>>;

/** What the variables say, by the names of {@link BackboneOptions}. Every duration in milliseconds. */
export interface BackboneSettings {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly shards: number;
  readonly leaseMs: number;
  readonly resumeWindowMs: number;
  readonly retentionMs: number;
}

/** Gives the variables the names the code uses. */
export function toBackboneSettings(variables: BackboneVariables): BackboneSettings {
  return {
    redisUrl: variables.REDIS_URL,
    keyPrefix: variables.STT_KEY_PREFIX,
    shards: variables.STT_SHARDS,
    leaseMs: variables.STT_LEASE_MS,
    resumeWindowMs: variables.STT_RESUME_WINDOW_MS,
    retentionMs: variables.STT_RETENTION_MS,
  };
}
