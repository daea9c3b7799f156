import { expect, it } from '@jest/globals';
import { createLedgerRecognizer, createLevelPool, ledgerAudio } from './index.ts';

it('runs the example of the README', async () => {
  const recognizer = createLedgerRecognizer({ kind: 'windowed' });
  const samples = Float32Array.from(ledgerAudio({ from: 7, frames: 3 }), (sample) => sample / 32_768);

  const pool = createLevelPool();
  const detector = pool.borrow();
  const isSpeech = detector.accept(samples.subarray(0, pool.windowSamples));
  const { text, words, confidence } = await recognizer.decode({ samples, language: 'en' });

  pool.giveBack(detector);
  await recognizer.close();
  expect({ isSpeech, text, count: words?.length, confidence }).toEqual({
    isSpeech: true,
    text: 'w7 w8 w9',
    count: 3,
    confidence: null,
  });
});
