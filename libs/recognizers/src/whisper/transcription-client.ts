import type * as OpenAiLibrary from 'openai';
import type { AnswerWishes } from './answer-wishes.ts';
import { collectAnswer } from './answer-stream.ts';
import type { RequestDeadline } from './request-deadline.ts';
import { readAnswer, type WhisperAnswer } from './whisper-answer.ts';
import type { WhisperSettings } from './whisper-options.ts';

/** What is sent, apart from the audio and from what is asked of the answer. */
export interface TranscriptionQuestion {
  /** As Whisper names it; absent where it is left to listen. */
  readonly language?: string;
  /** Absent where nothing was said before. */
  readonly prompt?: string;
  /** 0–1; absent for the server's own choice, which rises by itself when an answer looks wrong. */
  readonly temperature?: number;
}

/** One request to the server, one answer; whatever goes wrong is thrown as it comes. */
export interface TranscriptionClient {
  readonly library: typeof OpenAiLibrary;
  ask(
    wav: Uint8Array<ArrayBuffer>,
    question: TranscriptionQuestion,
    wishes: AnswerWishes,
    deadline: RequestDeadline,
  ): Promise<WhisperAnswer>;
}

/** Loads OpenAI's client library, which takes some 110 ms and 13 MB that a process without this recogniser is spared. */
export async function openTranscriptionClient(settings: WhisperSettings): Promise<TranscriptionClient> {
  const library = await import('openai');
  const client = new library.OpenAI({
    apiKey: settings.apiKey,
    baseURL: settings.baseUrl,
    // Only what our own configuration says goes out; the library would also read its own variables.
    organization: null,
    project: null,
    timeout: settings.timeoutMs,
    // The scheduler and the failover decide about another try; a second one hidden here would multiply theirs.
    maxRetries: 0,
    logLevel: 'off',
  });
  return {
    library,
    async ask(wav, question, wishes, deadline) {
      const file = await library.toFile(wav, 'audio.wav', { type: 'audio/wav' });
      const body = { file, model: settings.model, ...question, ...fieldsFor(wishes) };
      const { signal } = deadline;
      if (!wishes.isStreamed) {
        return readAnswer(await client.audio.transcriptions.create({ ...body, stream: false }, { signal }));
      }
      deadline.expectWithin(settings.firstDeltaMs);
      const request = client.audio.transcriptions.create({ ...body, stream: true }, { signal });
      const { data, response } = await request.withResponse();
      // A server that knows no streaming passes over the wish and answers in one piece.
      if (!isEventStream(response)) return readAnswer(await response.json());
      return collectAnswer(data, () => deadline.expectWithin(settings.betweenDeltasMs));
    },
  };
}

function fieldsFor({ format, wantsWordTimes, wantsLogprobs }: AnswerWishes) {
  return {
    response_format: format,
    ...(wantsWordTimes && { timestamp_granularities: ['word', 'segment'] satisfies ('word' | 'segment')[] }),
    ...(wantsLogprobs && { include: ['logprobs'] satisfies 'logprobs'[] }),
  };
}

function isEventStream({ headers }: Response): boolean {
  return headers.get('content-type')?.includes('text/event-stream') ?? false;
}
