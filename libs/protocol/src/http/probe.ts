import { z } from 'zod';

/** The body of `GET /livez`, `/readyz` and `/startupz`; the HTTP status (200 or 503) says the same. */
export const probeSchema = z.object({
  status: z.enum(['ok', 'unavailable']),
  checks: z
    .record(z.string(), z.object({ ok: z.boolean(), reason: z.string().optional() }))
    .describe('Each named check; `reason` says what is wrong.'),
});

export type Probe = z.infer<typeof probeSchema>;
