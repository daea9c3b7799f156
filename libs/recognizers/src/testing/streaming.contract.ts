import assert from 'node:assert/strict';
import type { RecognizerStream, StreamingRecognizer } from '../recognizer.ts';
import {
  assertAnsweredOrRefused,
  assertCapabilities,
  assertLoopKeepsTurning,
  assertRefused,
  assertShape,
  assertText,
  inTime,
  silence,
  UNSERVED_LANGUAGE,
  withRecognizer,
  type ContractCheck,
} from './contract-subject.ts';

/** A size that divides nothing: real pieces come in any length. */
const PIECE_SAMPLES = 1531;

async function feedAll(stream: RecognizerStream, samples: Float32Array): Promise<void> {
  for (let at = 0; at < samples.length; at += PIECE_SAMPLES) {
    await inTime(stream.feed(samples.slice(at, at + PIECE_SAMPLES)));
  }
}

/** The promises of every recogniser that is fed and makes its own hypotheses. */
export const STREAMING_CONTRACT: readonly ContractCheck<StreamingRecognizer>[] = [
  {
    name: 'says what it can do',
    run: (subject) =>
      withRecognizer(subject, ({ name, capabilities }) => {
        assert(name !== '', 'it has no name');
        assert.equal(capabilities.kind, 'streaming');
        assertCapabilities(capabilities);
        return Promise.resolve();
      }),
  },
  {
    name: 'answers what was said, fed in pieces of any size, in the promised form',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const stream = recognizer.openStream({ language: subject.language });
        await feedAll(stream, subject.speech);
        const found = await inTime(stream.finish());
        assertShape(found, recognizer.capabilities, subject.speech.length);
        assertText(found.text, subject.text);
      }),
  },
  {
    name: 'answers nothing for no audio, a few samples and silence',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        for (const samples of [new Float32Array(0), new Float32Array(1), silence(2)]) {
          const stream = recognizer.openStream({ language: subject.language });
          assert.equal((await inTime(stream.feed(samples))).text, '');
          assert.equal((await inTime(stream.finish())).text, '');
        }
      }),
  },
  {
    name: 'keeps streams apart, and one that is dropped disturbs none',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const [spoken, silent, dropped] = [0, 1, 2].map(() => recognizer.openStream({ language: subject.language }));
        assert(spoken && silent && dropped);
        void dropped.feed(subject.speech).catch(() => undefined);
        dropped.abort();
        await Promise.all([feedAll(spoken, subject.speech), feedAll(silent, silence(1))]);
        assertText((await inTime(spoken.finish())).text, subject.text);
        assert.equal((await inTime(silent.finish())).text, '');
      }),
  },
  {
    name: 'takes no more audio once a stream is finished or dropped',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const finished = recognizer.openStream({ language: subject.language });
        await inTime(finished.finish());
        await assertRefused(() => finished.feed(silence(1)));
        const dropped = recognizer.openStream({ language: subject.language });
        dropped.abort();
        await assertRefused(() => dropped.feed(silence(1)));
      }),
  },
  {
    name: 'refuses a language that it does not serve and says so',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        if (recognizer.capabilities.languages.includes('*')) return;
        const error = await assertRefused(() => recognizer.openStream({ language: UNSERVED_LANGUAGE }));
        assert.equal(error.isRetryable, false, 'another try would not help');
      }),
  },
  {
    name: 'may be closed while it is fed, and refuses any later audio',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const stream = recognizer.openStream({ language: subject.language });
        const feeding = assertAnsweredOrRefused(stream.feed(subject.speech));
        await inTime(recognizer.close());
        await inTime(feeding);
        await assertRefused(() => stream.feed(silence(1)));
      }),
  },
  {
    name: 'never blocks the event loop',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        await assertLoopKeepsTurning(async () => {
          const stream = recognizer.openStream({ language: subject.language });
          await feedAll(stream, subject.speech);
          await inTime(stream.finish());
        });
      }),
  },
];
