import { z } from 'zod';
import { OpenAiError } from './open-ai-error.ts';

const RESPONSE_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;

/** Parts of the wire that a server of one's own may lack. */
export type OpenAiFeature = 'verbose_json' | 'timestamp_granularities' | 'logprobs' | 'stream';

/** Clients send a list as `name[]`, which the form reader folds to a list, or as a single `name`. */
const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) || value === undefined ? value : [value]), z.array(item)).default([]);

const formSchema = z.object({
  model: z.string().min(1),
  language: z.string().min(2).optional(),
  prompt: z.string().default(''),
  response_format: z.enum(RESPONSE_FORMATS).default('json'),
  temperature: z.coerce.number().min(0).max(1).default(0),
  timestamp_granularities: list(z.enum(['word', 'segment'])),
  include: list(z.literal('logprobs')),
  stream: z.stringbool().default(false),
});

/** The text fields of a request. */
export type TranscriptionForm = z.infer<typeof formSchema>;

export interface FormRules {
  readonly models: readonly string[];
  readonly lacks: readonly OpenAiFeature[];
}

/** @throws OpenAiError 400 that names the field, 404 for an unknown model. */
export function readForm(fields: unknown, { models, lacks }: FormRules): TranscriptionForm {
  const parsed = formSchema.safeParse(fields ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw badField(issue?.path.join('.') ?? 'body', issue?.message ?? 'Invalid request.');
  }
  const form = parsed.data;
  if (!models.includes(form.model)) {
    throw new OpenAiError(`The model '${form.model}' does not exist.`, { status: 404, code: 'model_not_found' });
  }
  const unknown = unknownField(form, lacks);
  if (unknown !== undefined) throw badField(unknown, 'This field or value is not supported by this server.');
  if (form.timestamp_granularities.length > 0 && form.response_format !== 'verbose_json') {
    throw badField('timestamp_granularities', "It needs response_format 'verbose_json'.");
  }
  if (isTokenModel(form.model) && form.response_format !== 'json') {
    const message = `response_format '${form.response_format}' is not compatible with model '${form.model}'.`;
    throw badField('response_format', message, 'unsupported_value');
  }
  return form;
}

/** The models that answer in tokens with log-probabilities and can be streamed; Whisper itself ignores `stream`. */
export function isTokenModel(model: string): boolean {
  return model.startsWith('gpt-');
}

function unknownField(form: TranscriptionForm, lacks: readonly OpenAiFeature[]): string | undefined {
  const asks: Record<OpenAiFeature, readonly [isAsked: boolean, field: string]> = {
    timestamp_granularities: [form.timestamp_granularities.length > 0, 'timestamp_granularities[]'],
    verbose_json: [form.response_format === 'verbose_json', 'response_format'],
    logprobs: [form.include.length > 0, 'include[]'],
    stream: [form.stream, 'stream'],
  };
  const missing = lacks.find((feature) => asks[feature][0]);
  return missing && asks[missing][1];
}

function badField(param: string, message: string, code: string | null = null): OpenAiError {
  return new OpenAiError(message, { status: 400, param, code });
}
