import { z } from 'zod';

/** Recognisers a session may ask for. `ledger` exists for tests and benchmarks and is off unless configured. */
export const PROVIDERS = ['local', 'whisper', 'google', 'ledger'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

export const ENCODINGS = ['pcm_s16le', 'pcm_f32le', 'mulaw', 'alaw', 'opus', 'container'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** BCP-47 in the shapes speech services use: `en`, `en-US`, `zh-Hant-TW`; or `auto`. */
const LANGUAGE = /^(auto|[a-zA-Z]{2,3}(-[a-zA-Z]{4})?(-([a-zA-Z]{2}|\d{3}))?)$/;

/** What a session was opened with, after defaults. Kept as JSON in the session's record and echoed in `session_started`. */
export const sessionConfigSchema = z.object({
  language: z
    .string()
    .regex(LANGUAGE, 'a BCP-47 language such as en, fr or en-US, or auto')
    .default('en')
    .describe('Language of the speech: BCP-47 (`en`, `fr`, `en-US`) or `auto`.'),
  provider: z.enum(PROVIDERS).optional().describe('Recogniser; without it the configured chain decides.'),
  sample_rate: z
    .int()
    .min(8000)
    .max(48000)
    .default(16000)
    .describe('Hz of raw audio; ignored for containers, which say it themselves.'),
  chunk_size: z.int().min(64).max(65536).default(1024).describe('Bytes of a client frame; a hint, echoed.'),
  encoding: z.enum(ENCODINGS).default('pcm_s16le').describe('Encoding of the audio frames.'),
  channels: z
    .int()
    .min(1)
    .max(2)
    .default(1)
    .describe('Two channels are transcribed apart; each result says its `channel`.'),
  interim_results: z.boolean().default(true).describe('Whether interims are sent.'),
  buffer_ms: z.int().min(100).max(10000).default(1000).describe('Cadence of interim decoding, in milliseconds.'),
  overlap_ms: z.int().min(0).max(2000).default(200).describe('Overlap kept at a forced split, in milliseconds.'),
  endpointing_ms: z.int().min(100).max(5000).default(600).describe('Silence that ends an utterance, in milliseconds.'),
  words: z.boolean().default(false).describe('Word times and confidences where the provider has them.'),
});

export type SessionConfig = z.infer<typeof sessionConfigSchema>;

/** A session's configuration once its recognisers are decided: what stands in its record. */
export const openSessionConfigSchema = sessionConfigSchema.extend({
  provider: z.enum(PROVIDERS),
  /** Recognisers to go on with when `provider` fails, the preferred one first; empty when the client insists on its provider. */
  fallbacks: z.array(z.enum(PROVIDERS)).optional(),
});

export type OpenSessionConfig = z.infer<typeof openSessionConfigSchema>;
