import { afterAll, beforeAll } from '@jest/globals';
import { createGoogleRecognizer, createLedgerRecognizer, type WindowedRecognizer } from '@verbatim/recognizers';
import { describeStreamingContract } from '@verbatim/recognizers/testing';
import { startGoogleEmulator, type Emulator } from '../src/index.ts';
import { ledger, openMoonshine, SENTENCES, spoken } from './spoken.ts';

let moonshine: WindowedRecognizer;
let speaking: Emulator;
let counting: Emulator;

beforeAll(async () => {
  moonshine = await openMoonshine();
  speaking = await startGoogleEmulator({ recognizer: moonshine });
  counting = await startGoogleEmulator({ recognizer: createLedgerRecognizer({ kind: 'windowed' }) });
});

afterAll(async () => {
  await Promise.all([speaking.stop(), counting.stop()]);
  await moonshine.close();
});

for (const api of ['v2', 'v1'] as const) {
  describeStreamingContract(`Google ${api} over gRPC, with real speech,`, {
    open: () => createGoogleRecognizer({ api, project: 'p', endpoint: speaking.url, languages: ['en'] }),
    speech: await spoken('boat'),
    text: SENTENCES.boat,
    language: 'en',
  });

  describeStreamingContract(`Google ${api} over gRPC, with the ledger,`, {
    open: () => createGoogleRecognizer({ api, project: 'p', endpoint: counting.url, voiceActivity: 'level' }),
    ...ledger(40, 12),
    language: 'en',
  });
}
