import assert from 'node:assert/strict';
import type { WindowedRecognizer } from '../recognizer.ts';
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

/** Sample counts too short for a word, down to a single one. */
const SHORT_SAMPLES = [0, 1, 80, 799, 1599];

/** The promises of every recogniser that decodes a range of audio at a time. */
export const WINDOWED_CONTRACT: readonly ContractCheck<WindowedRecognizer>[] = [
  {
    name: 'says what it can do',
    run: (subject) =>
      withRecognizer(subject, ({ name, capabilities }) => {
        assert(name !== '', 'it has no name');
        assert.equal(capabilities.kind, 'windowed');
        assertCapabilities(capabilities);
        return Promise.resolve();
      }),
  },
  {
    name: 'answers what was said, in the promised form',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const { speech: samples, language } = subject;
        const found = await inTime(recognizer.decode({ samples, language }));
        assertShape(found, recognizer.capabilities, samples.length);
        assertText(found.text, subject.text);
        assertText((await inTime(recognizer.decode({ samples, language }))).text, found.text);
      }),
  },
  {
    name: 'names a language when it was left to find it',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const found = await inTime(recognizer.decode({ samples: subject.speech, language: 'auto' }));
        assertShape(found, recognizer.capabilities, subject.speech.length);
      }),
  },
  {
    name: 'answers nothing for no audio and for a few samples',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        for (const length of SHORT_SAMPLES) {
          const samples = subject.speech.slice(0, length);
          const found = await inTime(recognizer.decode({ samples, language: subject.language }));
          assertShape(found, recognizer.capabilities, length);
          if (length < 800) assert.equal(found.text, '');
        }
      }),
  },
  {
    name: 'answers nothing for silence',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const found = await inTime(recognizer.decode({ samples: silence(2), language: subject.language }));
        assertShape(found, recognizer.capabilities, silence(2).length);
        assert.equal(found.text, '');
      }),
  },
  {
    name: 'refuses a language that it does not serve and says so',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        if (recognizer.capabilities.languages.includes('*')) return;
        const request = { samples: subject.speech, language: UNSERVED_LANGUAGE };
        const error = await assertRefused(() => recognizer.decode(request));
        assert.equal(error.isRetryable, false, 'another try would not help');
        assert(error.message.includes(UNSERVED_LANGUAGE), 'the error does not name the language');
      }),
  },
  {
    name: 'serves a regional form of its language',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const language = `${subject.language}-US`;
        const found = await inTime(recognizer.decode({ samples: subject.speech, language }));
        assertText(found.text, subject.text);
      }),
  },
  {
    name: 'stops at the abort signal, before and during the decode, and goes on working',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const request = { samples: subject.speech, language: subject.language };
        await assertRefused(() => recognizer.decode({ ...request, signal: AbortSignal.abort() }));
        const abort = new AbortController();
        const decoding = assertAnsweredOrRefused(recognizer.decode({ ...request, signal: abort.signal }));
        abort.abort();
        await inTime(decoding);
        assertText((await inTime(recognizer.decode(request))).text, subject.text);
      }),
  },
  {
    name: 'answers each of many decodes at once as if it were alone',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const { speech, language, text } = subject;
        const many = Array.from({ length: Math.min(8, recognizer.capabilities.concurrency * 2) }, (_, index) =>
          recognizer.decode({ samples: index % 2 === 0 ? speech : silence(1), language }),
        );
        const found = await inTime(Promise.all(many));
        found.forEach((answer, index) => assertText(answer.text, index % 2 === 0 ? text : ''));
      }),
  },
  {
    name: 'may be closed in the middle of decodes, and refuses any later one',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const request = { samples: subject.speech, language: subject.language };
        const running = Array.from({ length: recognizer.capabilities.concurrency + 1 }, () =>
          assertAnsweredOrRefused(recognizer.decode(request)),
        );
        await inTime(recognizer.close());
        await inTime(Promise.all(running));
        await assertRefused(() => recognizer.decode(request));
      }),
  },
  {
    name: 'never blocks the event loop',
    run: (subject) =>
      withRecognizer(subject, async (recognizer) => {
        const request = { samples: subject.speech, language: subject.language };
        await recognizer.decode(request);
        await assertLoopKeepsTurning(() => inTime(recognizer.decode(request)));
      }),
  },
];
