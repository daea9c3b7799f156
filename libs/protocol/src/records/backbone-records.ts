import { z } from 'zod';

/** A control mark in a session's audio stream, at a position in the audio. `expire` is the reaper's `end` for a client that did not come back. */
export const AUDIO_CONTROLS = ['finalize', 'end', 'expire'] as const;
export type AudioControl = (typeof AUDIO_CONTROLS)[number];

/** State of a session in its record: a client holds it · it waits for a resume · the wait is over and it is being finalised · its last message is in the log. */
export const SESSION_STATES = ['live', 'detached', 'expiring', 'ended'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** A breaker lets requests through (`closed`), lets none (`open`), or tries whether the recogniser is well again (`half_open`). */
export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** What a process says of itself every few seconds, in its node record. */
export const nodeRecordSchema = z.object({
  role: z.enum(['gateway', 'transcriber', 'jobs']),
  version: z.string(),
  started_at_ms: z.int(),
  sessions: z.int().min(0),
  capacity: z.int().min(0).describe('Sessions this process takes at the most; 0 for a gateway or while it drains.'),
  load: z
    .number()
    .min(0)
    .default(0)
    .describe('Measured load; at 1 and above finals are late and no new session is sent here. 0 for a gateway.'),
  draining: z.boolean(),
  providers: z.array(
    z.object({
      name: z.string(),
      languages: z.array(z.string()).describe('BCP-47 base languages, or `*` for any.'),
      status: z.enum(['ok', 'degraded', 'down']),
      reason: z.string().optional(),
      breaker: z.enum(BREAKER_STATES).optional().describe('Of this process; absent where there is none.'),
    }),
  ),
});

export type NodeRecord = z.infer<typeof nodeRecordSchema>;
export type NodeProvider = NodeRecord['providers'][number];
