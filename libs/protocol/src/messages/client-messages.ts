import { z } from 'zod';

/** Text frames a client may send; a binary frame is audio. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('audio'), data: z.base64() })
    .describe('Audio as base64, for clients that cannot send binary frames.'),
  z.strictObject({ type: z.literal('finalize') }).describe('Final for all audio so far; the session goes on.'),
  z.strictObject({ type: z.literal('end') }).describe('Final for all audio, then `session_ended`, then close 1000.'),
  z.strictObject({ type: z.literal('keepalive') }).describe('Holds the connection open without audio.'),
]);

export type ClientMessage = z.infer<typeof clientMessageSchema>;
