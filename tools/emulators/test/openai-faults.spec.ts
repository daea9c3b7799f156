import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createLedgerRecognizer,
  createWhisperRecognizer,
  RecognizerError,
  type RecognizerFailure,
  type WhisperOptions,
  type WindowedRecognizer,
} from '@verbatim/recognizers';
import { eventually } from '@verbatim/testing';
import { always, inOrder, startOpenAiEmulator, type Emulator, type Fault, type OpenAiFeature } from '../src/index.ts';
import { ledger } from './spoken.ts';

const { speech: samples, text } = ledger(7, 10);
const MODELS = ['whisper-1', 'gpt-4o-transcribe'] as const;
/** Long enough for a local answer on a loaded machine, short enough to wait for; only where it is to run out. Units: milliseconds. */
const TIMEOUT_MS = 1000;

let emulator: Emulator;
let recognizer: WindowedRecognizer | undefined;

beforeEach(async () => {
  emulator = await startEmulator();
});

afterEach(async () => {
  await recognizer?.close();
  recognizer = undefined;
  await emulator.stop();
});

function startEmulator(lacks: readonly OpenAiFeature[] = []): Promise<Emulator> {
  const recognizer = createLedgerRecognizer({ kind: 'windowed' });
  return startOpenAiEmulator({ recognizer, apiKey: 'sk-right', lacks });
}

async function open(options: WhisperOptions = {}): Promise<WindowedRecognizer> {
  recognizer = await createWhisperRecognizer({ baseUrl: `${emulator.url}/v1`, apiKey: 'sk-right', ...options });
  return recognizer;
}

async function failureOf(decoding: Promise<unknown>): Promise<RecognizerError> {
  const error: unknown = await decoding.then(
    () => new Error('it answered'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof RecognizerError)) throw error;
  return error;
}

describe.each(MODELS)('%s', (model) => {
  it.each<[fault: Fault, failure: RecognizerFailure]>([
    [{ kind: 'refuse', httpStatus: 400 }, 'bad_request'],
    [{ kind: 'refuse', httpStatus: 401 }, 'unauthorized'],
    [{ kind: 'refuse', httpStatus: 403 }, 'unauthorized'],
    [{ kind: 'refuse', httpStatus: 404 }, 'misconfigured'],
    [{ kind: 'refuse', httpStatus: 429 }, 'rate_limited'],
    [{ kind: 'refuse', httpStatus: 500 }, 'unavailable'],
    [{ kind: 'refuse', httpStatus: 503 }, 'unavailable'],
    [{ kind: 'cut' }, 'unavailable'],
    [{ kind: 'garbage' }, 'unavailable'],
    [{ kind: 'hang' }, 'timeout'],
    [{ kind: 'slow', delayMs: 60_000 }, 'timeout'],
  ])('met with %j fails as %s, asks once, and answers the next', async (fault, failure) => {
    const { decode } = await opened(model, failure === 'timeout' ? { timeoutMs: TIMEOUT_MS } : {});
    emulator.setFaults(inOrder([fault]));
    expect((await failureOf(decode())).failure).toBe(failure);
    expect(emulator.requests).toBe(1);
    expect((await decode()).text).toBe(text);
  });

  it('says when to come back', async () => {
    const { decode } = await opened(model);
    emulator.setFaults(always({ kind: 'refuse', httpStatus: 429, retryAfterMs: 1500 }));
    expect(await failureOf(decode())).toMatchObject({ failure: 'rate_limited', retryAfterMs: 1500 });
  });

  it('waits for an answer that is slow but in time', async () => {
    const { decode } = await opened(model);
    emulator.setFaults(always({ kind: 'slow', delayMs: 50 }));
    expect((await decode()).text).toBe(text);
  });

  it('lets go of a request that is called off', async () => {
    const { decode } = await opened(model, { timeoutMs: 60_000, firstDeltaMs: 60_000 });
    emulator.setFaults(inOrder([{ kind: 'hang' }]));
    const abort = new AbortController();
    const decoding = failureOf(decode(abort.signal));
    await eventually(() => expect(emulator.requests).toBe(1));
    abort.abort();
    expect((await decoding).failure).toBe('called_off');
    expect((await decode()).text).toBe(text);
  });

  it('fails where nobody listens', async () => {
    const { decode } = await opened(model);
    await emulator.stop();
    expect((await failureOf(decode())).failure).toBe('unavailable');
  });

  it('is refused with a wrong key', async () => {
    const { decode } = await opened(model, { apiKey: 'sk-wrong' });
    expect((await failureOf(decode())).failure).toBe('unauthorized');
  });

  it('gives its first delta in time or fails', async () => {
    const { decode } = await opened(model, { timeoutMs: 60_000, firstDeltaMs: TIMEOUT_MS });
    emulator.setFaults(always({ kind: 'slow', delayMs: model === 'whisper-1' ? 0 : 60_000 }));
    if (model === 'whisper-1') expect((await decode()).text).toBe(text);
    else expect((await failureOf(decode())).failure).toBe('timeout');
  });
});

async function opened(model: string, options: WhisperOptions = {}) {
  const whisper = await open({ model, ...options });
  return {
    decode: (signal?: AbortSignal) => whisper.decode({ samples, language: 'en', ...(signal && { signal }) }),
  };
}

describe('audio that holds no speech', () => {
  it.each([
    ['silence', new Float32Array(32_000)],
    ['nothing', new Float32Array(0)],
    ['a click', samples.slice(0, 1_599)],
  ])('costs no request: %s', async (_, silence) => {
    const whisper = await open();
    expect(await whisper.decode({ samples: silence, language: 'auto' })).toEqual({
      text: '',
      confidence: null,
      language: 'und',
    });
    expect(emulator.requests).toBe(0);
  });
});

describe('a server that knows less', () => {
  const [whisper, gpt] = MODELS;

  it.each<{ lacks: OpenAiFeature[]; model: string; promises: [words: boolean, confidence: boolean]; requests: number }>(
    [
      { lacks: [], model: whisper, promises: [true, true], requests: 2 },
      { lacks: ['timestamp_granularities'], model: whisper, promises: [false, true], requests: 3 },
      { lacks: ['verbose_json'], model: whisper, promises: [false, false], requests: 3 },
      { lacks: ['timestamp_granularities', 'verbose_json'], model: whisper, promises: [false, false], requests: 4 },
      { lacks: [], model: gpt, promises: [false, true], requests: 2 },
      { lacks: ['logprobs'], model: gpt, promises: [false, false], requests: 3 },
      { lacks: ['stream'], model: gpt, promises: [false, true], requests: 3 },
      { lacks: ['logprobs', 'stream'], model: gpt, promises: [false, false], requests: 4 },
    ],
  )('lacking $lacks is asked for less by $model, once', async ({ lacks, model, promises, requests }) => {
    const [hasWordTimes, hasConfidence] = promises;
    await emulator.stop();
    emulator = await startEmulator(lacks);
    const recognizer = await open({ model });
    for (let time = 0; time < 2; time += 1) {
      const found = await recognizer.decode({ samples, language: 'en' });
      expect(recognizer.capabilities).toMatchObject({ hasWordTimes, hasConfidence });
      expect(found.text).toBe(text);
      expect(found.words?.length).toBe(hasWordTimes ? 10 : undefined);
      if (hasConfidence) expect(found.confidence).toBeCloseTo(0.9, 1);
      else expect(found.confidence).toBeNull();
    }
    expect(emulator.requests).toBe(requests);
  });

  it('may be asked for its bare text from the start', async () => {
    const whisper = await open({ answers: 'plain' });
    expect((await whisper.decode({ samples, language: 'en' })).text).toBe(text);
    expect(emulator.requests).toBe(1);
    expect(whisper.capabilities).toMatchObject({ hasWordTimes: false, hasConfidence: false });
  });
});
