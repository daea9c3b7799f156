import { z } from 'zod';

const durationMs = z.int().min(0).max(86_400_000);

/** What provider `google` is told; credentials are found by Google's own library (GOOGLE_APPLICATION_CREDENTIALS). */
export const googleVariables = {
  STT_GOOGLE_API: z
    .enum(['v2', 'v1'])
    .default('v2')
    .describe('Which version of Speech-to-Text provider `google` speaks.'),
  STT_GOOGLE_PROJECT: z
    .string()
    .optional()
    .describe('Google Cloud project that is charged; without it the one that the credentials name.'),
  STT_GOOGLE_LOCATION: z
    .string()
    .default('global')
    .describe('Where Google recognises, for example `europe-west4`; audio is sent to that region.'),
  STT_GOOGLE_MODEL: z.string().optional().describe("Google's model, for example `long` or `chirp_2`."),
  STT_GOOGLE_ENDPOINT: z
    .string()
    .optional()
    .describe(
      'Another address than the one of the location: host:port; http://host:port is plain and without credentials, for an emulator.',
    ),
  STT_GOOGLE_ROTATE_MS: durationMs
    .min(1000)
    .default(285_000)
    .describe('A stream is changed for a new one after this time: before Google ends it at five minutes.'),
  STT_GOOGLE_AUTO_LANGUAGES: z
    .array(z.string())
    .optional()
    .describe('Languages that Google chooses from when a session asks for `auto`, for example en-US,fr-FR,de-DE.'),
} as const;

/** What provider `whisper` is told: OpenAI, or any server with the same interface. */
export const whisperVariables = {
  STT_WHISPER_API_KEY: z
    .string()
    .optional()
    .meta({ secret: true, description: 'Key of provider `whisper`; without it OPENAI_API_KEY.' }),
  OPENAI_API_KEY: z
    .string()
    .optional()
    .meta({ secret: true, description: 'Key of provider `whisper` where STT_WHISPER_API_KEY is not set.' }),
  STT_WHISPER_BASE_URL: z
    .url()
    .optional()
    .describe("A server that speaks OpenAI's interface, up to and with /v1; without it OpenAI's own."),
  STT_WHISPER_MODEL: z.string().default('whisper-1').describe('Model of provider `whisper`.'),
  STT_WHISPER_REQUESTS_PER_AUDIO_SECOND: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe("Most requests for interims per second of a session's audio, finals not counted; 0 for no bound."),
} as const;

type Variables<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

/** Options of the Google recogniser as far as the environment sets them. */
export function toGoogleSettings(variables: Variables<typeof googleVariables>) {
  return {
    api: variables.STT_GOOGLE_API,
    location: variables.STT_GOOGLE_LOCATION,
    rotateAfterMs: variables.STT_GOOGLE_ROTATE_MS,
    ...defined('project', variables.STT_GOOGLE_PROJECT),
    ...defined('model', variables.STT_GOOGLE_MODEL),
    ...defined('endpoint', variables.STT_GOOGLE_ENDPOINT),
    ...defined('autoLanguages', variables.STT_GOOGLE_AUTO_LANGUAGES),
  };
}

/** Options of the Whisper recogniser as far as the environment sets them. */
export function toWhisperSettings(variables: Variables<typeof whisperVariables>) {
  return {
    model: variables.STT_WHISPER_MODEL,
    ...defined('apiKey', variables.STT_WHISPER_API_KEY ?? variables.OPENAI_API_KEY),
    ...defined('baseUrl', variables.STT_WHISPER_BASE_URL),
    ...defined('requestsPerAudioSecond', variables.STT_WHISPER_REQUESTS_PER_AUDIO_SECOND),
  };
}

export type GoogleSettings = ReturnType<typeof toGoogleSettings>;
export type WhisperSettings = ReturnType<typeof toWhisperSettings>;

/** The field, or nothing where it is not set: options tell the two apart. */
function defined<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}
