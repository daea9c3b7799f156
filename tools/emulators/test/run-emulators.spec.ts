import { afterEach, expect, it } from '@jest/globals';
import { createGoogleRecognizer, ledgerWords } from '@verbatim/recognizers';
import { hear, ledgerSpeech } from './google-session.ts';
import { runEmulators, type RunningEmulators } from '../src/run-emulators.ts';

let running: RunningEmulators | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

it('tells a transcriber how to reach both emulators', async () => {
  running = await runEmulators(['--ledger']);
  expect(running.environment.map((line) => line.split('=')[0])).toEqual([
    'STT_GOOGLE_ENDPOINT',
    'STT_GOOGLE_PROJECT',
    'STT_WHISPER_BASE_URL',
    'STT_WHISPER_API_KEY',
    'STT_VOICE_ACTIVITY',
  ]);
});

it('starts the one that is asked for, and it hears', async () => {
  running = await runEmulators(['google', '--ledger', '--stream-limit', '5']);
  expect(running.environment).toHaveLength(3);
  const google = await createGoogleRecognizer({ project: 'p', endpoint: running.environment[0]?.split('=')[1] ?? '' });
  expect((await hear(google, ledgerSpeech(12))).text).toBe(ledgerWords(1, 12).join(' '));
  await google.close();
});

it.each([
  [['deepgram'], 'There is no emulator called deepgram: there are google and openai.'],
  [['--ledger', '--stream-limit', 'soon'], '--stream-limit is a number of seconds, not soon.'],
])('refuses %j with a sentence', async (args, sentence) => {
  await expect(runEmulators(args)).rejects.toThrow(sentence);
});
