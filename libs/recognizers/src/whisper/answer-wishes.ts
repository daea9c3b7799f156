import type { WhisperAnswers } from './whisper-options.ts';

/** What a request asks of the answer beside its text. */
export interface AnswerWishes {
  readonly format: 'verbose_json' | 'json';
  readonly wantsWordTimes: boolean;
  readonly wantsLogprobs: boolean;
  readonly isStreamed: boolean;
}

/** What a server objects to. */
export interface Refusal {
  readonly status: number;
  /** The field it names, where it names one, and what it says about it. */
  readonly complaint: string;
}

const BARE: AnswerWishes = { format: 'json', wantsWordTimes: false, wantsLogprobs: false, isStreamed: false };

/** The most that is asked for to begin with. */
export function wishesFor(answers: WhisperAnswers): AnswerWishes {
  switch (answers) {
    case 'verbose':
      return { ...BARE, format: 'verbose_json', wantsWordTimes: true };
    case 'streamed':
      return { ...BARE, wantsLogprobs: true, isStreamed: true };
    case 'plain':
      return BARE;
  }
}

/**
 * Asks for less after a refusal that names what was asked for, or `undefined` when the refusal is about something else. Servers built on
 * FastAPI answer 422 with a body that the client library does not hand on: then the bare text is asked for.
 *
 * Invariant: each step asks for strictly less, so a request is sent at most four times.
 */
export function stepDown(wishes: AnswerWishes, { status, complaint }: Refusal): AnswerWishes | undefined {
  if (status !== 400 && status !== 422) return undefined;
  if (wishes.wantsWordTimes && /timestamp_granularit/i.test(complaint)) return { ...wishes, wantsWordTimes: false };
  if (wishes.format === 'verbose_json' && /response_format|verbose_json/i.test(complaint)) {
    return { ...wishes, format: 'json', wantsWordTimes: false };
  }
  if (wishes.wantsLogprobs && /\binclude\b|logprob/i.test(complaint)) return { ...wishes, wantsLogprobs: false };
  if (wishes.isStreamed && /\bstream/i.test(complaint)) return { ...wishes, isStreamed: false };
  return status === 422 && !isBare(wishes) ? BARE : undefined;
}

/** What both ask for: several requests may learn at once what the server lacks. */
export function inCommon(a: AnswerWishes, b: AnswerWishes): AnswerWishes {
  const isVerbose = a.format === 'verbose_json' && b.format === 'verbose_json';
  return {
    format: isVerbose ? 'verbose_json' : 'json',
    wantsWordTimes: a.wantsWordTimes && b.wantsWordTimes,
    wantsLogprobs: a.wantsLogprobs && b.wantsLogprobs,
    isStreamed: a.isStreamed && b.isStreamed,
  };
}

/** What answers to these wishes hold. */
export function promisesOf({ format, wantsWordTimes, wantsLogprobs }: AnswerWishes): {
  readonly hasWordTimes: boolean;
  readonly hasConfidence: boolean;
} {
  return { hasWordTimes: wantsWordTimes, hasConfidence: format === 'verbose_json' || wantsLogprobs };
}

function isBare({ format, wantsWordTimes, wantsLogprobs, isStreamed }: AnswerWishes): boolean {
  return format === 'json' && !wantsWordTimes && !wantsLogprobs && !isStreamed;
}
