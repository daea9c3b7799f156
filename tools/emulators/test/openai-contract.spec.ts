import { afterAll, beforeAll } from '@jest/globals';
import { createLedgerRecognizer, createWhisperRecognizer, type WindowedRecognizer } from '@verbatim/recognizers';
import { describeWindowedContract } from '@verbatim/recognizers/testing';
import { startOpenAiEmulator, type Emulator } from '../src/index.ts';
import { ledger, openMoonshine, SENTENCES, spoken } from './spoken.ts';

const MODELS = ['whisper-1', 'gpt-4o-transcribe'];

let moonshine: WindowedRecognizer;
let speaking: Emulator;
let counting: Emulator;

beforeAll(async () => {
  moonshine = await openMoonshine();
  speaking = await startOpenAiEmulator({ recognizer: moonshine });
  counting = await startOpenAiEmulator({ recognizer: createLedgerRecognizer({ kind: 'windowed' }) });
});

afterAll(async () => {
  await Promise.all([speaking.stop(), counting.stop()]);
  await moonshine.close();
});

for (const model of MODELS) {
  describeWindowedContract(`${model} over HTTP, with real speech,`, {
    open: () => createWhisperRecognizer({ baseUrl: `${speaking.url}/v1`, model, concurrency: 2 }),
    speech: await spoken('boat'),
    text: SENTENCES.boat,
    language: 'en',
  });

  describeWindowedContract(`${model} over HTTP, with the ledger,`, {
    open: () => createWhisperRecognizer({ baseUrl: `${counting.url}/v1`, model, voiceActivity: 'level' }),
    ...ledger(40, 12),
    language: 'en',
  });
}
