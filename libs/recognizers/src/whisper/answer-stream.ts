import { z } from 'zod';
import { logprobsSchema, toLogprobs, usageSchema, type WhisperAnswer } from './whisper-answer.ts';

/** No utterance of half a minute is longer than this: past it the server has lost its way. Units: characters. */
const LONGEST_TEXT_CHARACTERS = 20_000;

const eventSchema = z.object({
  type: z.string(),
  delta: z.string().nullish(),
  text: z.string().nullish(),
  logprobs: logprobsSchema,
  usage: usageSchema,
});

/**
 * Collects an answer that comes in parts. Only its end makes it whole: a stream that breaks off is a failure and no shorter text.
 *
 * @param onPart Called for each part, so that a stalled stream is noticed.
 * @throws Error when it breaks off, is no such stream or never ends.
 */
export async function collectAnswer(events: AsyncIterable<unknown>, onPart: () => void): Promise<WhisperAnswer> {
  let text = '';
  const logprobs: number[] = [];
  for await (const event of events) {
    onPart();
    const part = eventSchema.parse(event);
    if (part.type === 'transcript.text.done') {
      const all = toLogprobs(part.logprobs) ?? logprobs;
      const tokenCount = part.usage?.output_tokens;
      return {
        text: (part.text ?? text).trim(),
        ...(all.length > 0 && { tokenLogprobs: all }),
        ...(tokenCount && { tokenCount }),
      };
    }
    if (part.type !== 'transcript.text.delta') continue;
    text += part.delta ?? '';
    logprobs.push(...(toLogprobs(part.logprobs) ?? []));
    if (text.length > LONGEST_TEXT_CHARACTERS) throw new Error('The answer does not end.');
  }
  throw new Error('The answer broke off before its end.');
}
