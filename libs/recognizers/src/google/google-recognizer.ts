import { RecognizerError, type RecognizerStream, type StreamingRecognizer } from '../recognizer.ts';
import { assertServed } from '../local/spoken-language.ts';
import { openGoogleClient } from './google-client.ts';
import { createAnswerRhythm } from './answer-rhythm.ts';
import { createDialect } from './google-dialect.ts';
import { toGoogleCode } from './google-languages.ts';
import { toSettings, type GoogleOptions, type GoogleSettings } from './google-options.ts';
import { openGoogleUtterance } from './google-utterance.ts';
import { createHeldAudio } from './held-audio.ts';
import { UNASKED_PART } from './silence.ts';

/** 60 s at 16 kHz: Google sets no bound within its five minutes, but text that waits longer for its final serves nobody. */
const LONGEST_WINDOW_SAMPLES = 960_000;

/**
 * Opens Google's Speech-to-Text as a streaming recogniser: one stream of ours for each utterance, over as many streams of Google's as
 * its limits and breakdowns make necessary.
 *
 * @throws RecognizerError if an option is wrong, or if there are no credentials or no project.
 * @see docs/adr/0017-google-streams.md
 */
export async function createGoogleRecognizer(options: GoogleOptions): Promise<StreamingRecognizer> {
  const settings = toSettings(options);
  const client = await openGoogleClient(settings);
  const dialect = createDialect(settings, client.project);
  const rhythm = createAnswerRhythm(settings.timeoutMs * UNASKED_PART, () => performance.now());
  const open = new Set<RecognizerStream>();
  let isClosed = false;
  return {
    name: 'google',
    capabilities: capabilitiesOf(settings),
    openStream({ language }) {
      if (isClosed) throw new RecognizerError('Google’s recogniser is closed.', { failure: 'called_off' });
      assertServed(language, settings.languages, settings.model);
      const leg = { client, dialect, languageCodes: languageCodesOf(language, settings), held: createHeldAudio() };
      const utterance: RecognizerStream = openGoogleUtterance({
        leg,
        settings,
        rhythm,
        language,
        onOver: () => open.delete(utterance),
      });
      open.add(utterance);
      return utterance;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const utterance of open) utterance.abort();
      await client.close();
    },
  };
}

function capabilitiesOf(settings: GoogleSettings): StreamingRecognizer['capabilities'] {
  return {
    kind: 'streaming',
    languages: settings.languages,
    hasWordTimes: settings.hasWordTimes,
    hasConfidence: true,
    voiceActivity: settings.voiceActivity,
    longestWindowSamples: LONGEST_WINDOW_SAMPLES,
    tokensPerSecondLimit: 0,
    concurrency: settings.concurrency,
    requestsPerAudioSecond: 0,
  };
}

function languageCodesOf(language: string, { autoLanguages }: GoogleSettings): readonly string[] {
  return (language === 'auto' ? autoLanguages : [language]).map(toGoogleCode);
}
