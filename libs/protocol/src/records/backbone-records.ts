import { z } from 'zod';

/** A control mark in a session's audio stream, at a position in the audio. */
export type AudioControl = 'finalize' | 'end';

/** State of a session in its record. */
export const SESSION_STATES = ['live', 'detached', 'ended'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** What a transcriber process says of itself every few seconds, in its node record. */
export const nodeRecordSchema = z.object({
  role: z.enum(['gateway', 'transcriber']),
  version: z.string(),
  started_at_ms: z.int(),
  sessions: z.int().min(0),
  capacity: z.int().min(0).describe('Sessions this process takes at the most; 0 for a gateway or while it drains.'),
  draining: z.boolean(),
  providers: z.array(
    z.object({
      name: z.string(),
      languages: z.array(z.string()).describe('BCP-47 base languages, or `*` for any.'),
      status: z.enum(['ok', 'degraded', 'down']),
      reason: z.string().optional(),
    }),
  ),
});

export type NodeRecord = z.infer<typeof nodeRecordSchema>;
export type NodeProvider = NodeRecord['providers'][number];
