import type { Recognition, RecognizedSpan } from '../recognizer.ts';
import type { GoogleResult } from './google-dialect.ts';
import { fromGoogleCode, joinerOf } from './google-languages.ts';

/** A stretch that Google will not change any more; positions count from the utterance's first sample. */
interface FinalPart {
  readonly text: string;
  readonly words: readonly RecognizedSpan[];
  readonly confidence: number | null;
  /** Where the audio before it was settled. */
  readonly fromSample: number;
}

/** What Google has said of one utterance so far, over however many streams. */
export interface Transcript {
  readonly finals: readonly FinalPart[];
  /** Text that may still change, after the finals. */
  readonly interim: string;
  /** The audio before this sample is settled: it is never sent again. */
  readonly settledSample: number;
  /** Canonical BCP-47, or null until Google names one. */
  readonly language: string | null;
}

export const NOTHING_SAID: Transcript = { finals: [], interim: '', settledSample: 0, language: null };

/** Where a call's audio lies in the utterance. Units: samples at 16 kHz. */
export interface CallPlace {
  readonly originSample: number;
  /** End of what was sent in it. */
  readonly sentSample: number;
}

/** BCP-47 for "not determined". */
const UNDETERMINED = 'und';
/** A word that ends this close to where a stream was cut off may itself be cut. Units: samples at 16 kHz (0.5 s). */
const CUT_RISK_SAMPLES = 8_000;

/** Takes in one response: finals settle their audio, the rest replaces the interim text. Pure. */
export function hear(transcript: Transcript, results: readonly GoogleResult[], place: CallPlace): Transcript {
  let heard: Transcript = results.length === 0 ? transcript : { ...transcript, interim: '' };
  for (const result of results) {
    heard = result.isFinal ? settle(heard, result, place) : { ...heard, interim: heard.interim + result.text };
    if (result.language !== null) heard = { ...heard, language: result.language };
  }
  return { ...heard, interim: heard.interim.trim() };
}

function settle(transcript: Transcript, result: GoogleResult, place: CallPlace): Transcript {
  const words = placed(result.words, { place, fromSample: transcript.finals.at(-1)?.words.at(-1)?.startSample ?? 0 });
  const lastWordEnd = words.at(-1)?.endSample ?? 0;
  const saidEnd = result.endSample === 0 ? place.sentSample : place.originSample + result.endSample;
  const endSample = Math.max(transcript.settledSample, lastWordEnd, Math.min(saidEnd, place.sentSample));
  const text = result.text.trim();
  const part: FinalPart = { text, words, confidence: result.confidence, fromSample: transcript.settledSample };
  return {
    ...transcript,
    finals: text === '' ? transcript.finals : [...transcript.finals, part],
    interim: '',
    settledSample: endSample,
  };
}

/** Words in the utterance's own positions, in order and inside the audio that was sent, whatever Google rounds. */
function placed(
  words: readonly RecognizedSpan[],
  { place, fromSample }: { readonly place: CallPlace; readonly fromSample: number },
): RecognizedSpan[] {
  let last = fromSample;
  return words.map((span) => {
    const startSample = Math.min(place.sentSample, Math.max(last, place.originSample + span.startSample));
    const endSample = Math.min(place.sentSample, Math.max(startSample, place.originSample + span.endSample));
    last = startSample;
    return { ...span, startSample, endSample };
  });
}

/**
 * A stream was ended on purpose in the middle of an utterance and has said all it had to say: decides from where the next one hears.
 *
 * Worked failure: the stream was cut in "boat". Google's last final says "a small blue bow". The last word ends where the audio
 * does, so it is taken back, and the next stream begins between "blue" and it. Where nothing was said near the cut, the next stream
 * begins shortly before it, so that a word that began there is whole.
 */
export function cutAt(
  transcript: Transcript,
  { sentSample, heldFromSample }: { readonly sentSample: number; readonly heldFromSample: number },
): Transcript {
  if (transcript.interim !== '') return transcript;
  const last = transcript.finals.at(-1);
  const lastWord = last?.words.at(-1);
  // A final that came while the stream was still heard is whole, and its audio is gone.
  const isInHeldAudio = lastWord !== undefined && lastWord.startSample > heldFromSample;
  const isNearCut = lastWord !== undefined && sentSample - lastWord.endSample <= CUT_RISK_SAMPLES;
  if (last && isInHeldAudio && isNearCut) return withoutWord(transcript, last, lastWord);
  return { ...transcript, settledSample: Math.max(transcript.settledSample, sentSample - CUT_RISK_SAMPLES) };
}

function withoutWord(transcript: Transcript, last: FinalPart, cutWord: RecognizedSpan): Transcript {
  const kept = last.words.slice(0, -1);
  const before = transcript.finals.slice(0, -1);
  const previous = kept.at(-1);
  if (!previous) return { ...transcript, finals: before, interim: last.text, settledSample: last.fromSample };
  const text = last.text.endsWith(cutWord.word)
    ? last.text.slice(0, -cutWord.word.length).trim()
    : kept.map(({ word }) => word).join(joinerOf(transcript.language ?? ''));
  const settledSample = Math.round((previous.endSample + cutWord.startSample) / 2);
  return { ...transcript, finals: [...before, { ...last, text, words: kept }], interim: cutWord.word, settledSample };
}

/** The newest hypothesis. Words are there only once all of the text has them; Google gives none with interims. */
export function toRecognition(
  transcript: Transcript,
  { language, hasWordTimes }: { readonly language: string; readonly hasWordTimes: boolean },
): Recognition {
  const { finals, interim } = transcript;
  const asked = language === 'auto' ? UNDETERMINED : fromGoogleCode(language);
  const spoken = transcript.language ?? asked;
  const texts = [...finals.map(({ text }) => text), interim].filter((text) => text !== '');
  const isAligned = hasWordTimes && interim === '' && finals.every(({ words }) => words.length > 0);
  return {
    text: texts.join(joinerOf(spoken)),
    ...(isAligned && { words: finals.flatMap(({ words }) => words) }),
    confidence: interim === '' ? meanConfidence(finals) : null,
    language: spoken,
  };
}

/** Each part weighs as many words as it has; parts without a confidence are left out. */
function meanConfidence(finals: readonly FinalPart[]): number | null {
  let weight = 0;
  let sum = 0;
  for (const { confidence, text, words } of finals) {
    if (confidence === null) continue;
    const count = words.length > 0 ? words.length : text.split(/\s+/).length;
    weight += count;
    sum += confidence * count;
  }
  return weight === 0 ? null : sum / weight;
}
