import { z } from 'zod';

/** One stretch of an answer, with the model's own doubts about it. */
export interface AnswerSegment {
  readonly text: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Mean log-probability of its tokens. */
  readonly avgLogprob?: number;
  /** Probability that nobody spoke. */
  readonly noSpeechProb?: number;
  /** How well its text compresses: loops compress best. */
  readonly compressionRatio?: number;
}

export interface AnswerWord {
  readonly word: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Given by some servers, not by OpenAI. */
  readonly probability?: number;
}

/** An answer in any of the formats; what the server did not give is absent. */
export interface WhisperAnswer {
  readonly text: string;
  /** As the server names it: in English, or by its code. */
  readonly language?: string;
  readonly segments?: readonly AnswerSegment[];
  readonly words?: readonly AnswerWord[];
  readonly tokenLogprobs?: readonly number[];
  readonly tokenCount?: number;
}

const wordSchema = z.object({
  word: z.string(),
  start: z.number(),
  end: z.number(),
  probability: z.number().nullish(),
});

const segmentSchema = z.object({
  text: z.string(),
  start: z.number(),
  end: z.number(),
  avg_logprob: z.number().nullish(),
  no_speech_prob: z.number().nullish(),
  compression_ratio: z.number().nullish(),
  tokens: z.array(z.number()).nullish(),
  /** whisper.cpp and some others put the words here. */
  words: z.array(wordSchema).nullish(),
});

export const logprobsSchema = z.array(z.object({ logprob: z.number().nullish() })).nullish();

export const usageSchema = z.object({ output_tokens: z.number().nullish() }).nullish();

const bodySchema = z.object({
  text: z.string(),
  language: z.string().nullish(),
  languages: z.array(z.string()).nullish(),
  segments: z.array(segmentSchema).nullish(),
  words: z.array(wordSchema).nullish(),
  logprobs: logprobsSchema,
  usage: usageSchema,
});

type Word = z.infer<typeof wordSchema>;
type Segment = z.infer<typeof segmentSchema>;

/**
 * Reads the body of a `json` or `verbose_json` answer. Fields it does not know are passed over, so a server may say more.
 *
 * @throws ZodError when it is no such body.
 */
export function readAnswer(body: unknown): WhisperAnswer {
  const { text, language, languages, segments, words, logprobs, usage } = bodySchema.parse(body);
  const named = language ?? languages?.[0];
  const spans = words ?? segments?.flatMap((segment) => segment.words ?? []);
  const tokenLogprobs = toLogprobs(logprobs);
  const tokenCount = usage?.output_tokens ?? segments?.reduce((sum, { tokens }) => sum + (tokens?.length ?? 0), 0);
  return {
    text: text.trim(),
    ...(named && { language: named }),
    ...(segments && { segments: segments.map(toSegment) }),
    ...(spans && spans.length > 0 && { words: spans.map(toWord) }),
    ...(tokenLogprobs && { tokenLogprobs }),
    ...(tokenCount && { tokenCount }),
  };
}

/** The numbers of a list of tokens, or nothing where it holds none. */
export function toLogprobs(tokens: z.infer<typeof logprobsSchema>): readonly number[] | undefined {
  const numbers = (tokens ?? []).flatMap(({ logprob }) => (typeof logprob === 'number' ? [logprob] : []));
  return numbers.length > 0 ? numbers : undefined;
}

function toSegment({ text, start, end, avg_logprob, no_speech_prob, compression_ratio }: Segment): AnswerSegment {
  return {
    text,
    startSeconds: start,
    endSeconds: end,
    ...(typeof avg_logprob === 'number' && { avgLogprob: avg_logprob }),
    ...(typeof no_speech_prob === 'number' && { noSpeechProb: no_speech_prob }),
    ...(typeof compression_ratio === 'number' && { compressionRatio: compression_ratio }),
  };
}

function toWord({ word, start, end, probability }: Word): AnswerWord {
  return {
    word,
    startSeconds: start,
    endSeconds: end,
    ...(typeof probability === 'number' && { probability }),
  };
}
