import { afterEach, describe, expect, it } from '@jest/globals';
import { ledgerWords, type Recognition } from '@verbatim/recognizers';
import { createRandom } from '@verbatim/testing';
import type { Fault, FaultScript } from '../src/index.ts';
import { hear, hearWithRetries, ledgerSpeech, startGoogleSession, type GoogleSession } from './google-session.ts';

let session: GoogleSession | undefined;
afterEach(async () => {
  await session?.stop();
  session = undefined;
});

/** 3 s of audio: the emulator counts audio, since the tests send it faster than it is spoken. */
const LIMIT = { streamLimitSeconds: 3, limitCounts: 'audio' } as const;
/** Alone on a machine a case takes a few seconds. Units: milliseconds. */
const PATIENCE_MS = 60_000;

function expectLedger(found: Recognition, frames: number): void {
  expect(found.text.split(' ')).toEqual(ledgerWords(1, frames));
  expect(found.words?.map(({ word }) => word)).toEqual(ledgerWords(1, frames));
}

describe.each(['v2', 'v1'] as const)('Google %s, rotated', (api) => {
  it(
    'loses and doubles no word over 100 planned changes in a single utterance without a pause',
    async () => {
      session = await startGoogleSession({ api, rotateAfterMs: 2_000 }, LIMIT);
      const found = await hear(session.google, ledgerSpeech(2_000));

      expectLedger(found, 2_000);
      expect(session.emulator.requests).toBeGreaterThan(100);
      found.words?.forEach(({ startSample }, index) => expect(startSample).toBe(index * 1_600 + 704));
    },
    PATIENCE_MS,
  );

  it(
    'loses and doubles no word when Google ends 100 streams by itself',
    async () => {
      session = await startGoogleSession({ api }, LIMIT);
      const found = await hear(session.google, ledgerSpeech(1_600, 15));

      expectLedger(found, 1_600);
      expect(session.emulator.requests).toBeGreaterThan(100);
    },
    PATIENCE_MS,
  );
});

describe('Google, broken', () => {
  it.each([1, 2, 3])('loses and doubles no word through cuts and refusals at random places (seed %d)', async (seed) => {
    const random = createRandom(seed);
    const faults: FaultScript = (request) => {
      if (request % 2 === 1) return undefined;
      const afterAudioMs = random.integer(100, 3_000);
      const cut: Fault = { kind: 'cut', afterAudioMs };
      return random.next() < 0.3 ? { kind: 'refuse', httpStatus: 503 } : cut;
    };
    session = await startGoogleSession({ rotateAfterMs: 2_000 }, { ...LIMIT, faults });
    expectLedger(await hearWithRetries(session.google, ledgerSpeech(400, 30), 20), 400);
    expect(session.emulator.requests).toBeGreaterThan(10);
  });
});
