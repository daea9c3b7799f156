import type { RecognizedSpan, WindowedRecognizer } from '@verbatim/recognizers';
import { createEndpointer, type HeardRange } from './endpointer.ts';

/** What the emulator heard, before it is put into the words of an API version. Positions: samples since the call's first. */
export interface HeardResult {
  readonly isFinal: boolean;
  readonly text: string;
  readonly words: readonly RecognizedSpan[];
  readonly confidence: number;
  readonly endSample: number;
  readonly language: string;
}

/** Hears one call. */
export interface Listener {
  /** `isBehind`: more audio waits already, so interim results are left out. */
  accept(samples: Float32Array, isBehind: boolean): Promise<HeardResult[]>;
  close(): Promise<HeardResult[]>;
}

export interface ListenerOptions {
  readonly recognizer: WindowedRecognizer;
  /** BCP-47 or `auto`. */
  readonly language: string;
  readonly signal: AbortSignal;
}

/** Stands in where the recogniser gives no confidence: Google always gives one with a final. */
const STAND_IN_CONFIDENCE = 0.9;

export function createListener(options: ListenerOptions): Listener {
  const endpointer = createEndpointer();
  let audio = new Float32Array(0);
  let audioFromSample = 0;

  async function decode(range: HeardRange): Promise<HeardResult[]> {
    const { recognizer, language, signal } = options;
    const samples = audio.slice(range.fromSample - audioFromSample, range.toSample - audioFromSample);
    const found = await recognizer.decode({ samples, language, signal });
    if (found.text === '') return [];
    const isFinal = range.kind === 'final';
    const words = found.words?.map((span) => moved(span, range.fromSample)) ?? spreadWords(found.text, range);
    return [
      {
        isFinal,
        text: found.text,
        // As Google does: neither words nor a confidence before the final.
        words: isFinal ? words : [],
        confidence: isFinal ? (found.confidence ?? STAND_IN_CONFIDENCE) : 0,
        endSample: range.toSample,
        language: found.language,
      },
    ];
  }

  return {
    async accept(samples, isBehind) {
      audio = joined(audio, samples);
      const ranges = endpointer.accept(samples).filter(({ kind }) => kind === 'final' || !isBehind);
      const results: HeardResult[] = [];
      for (const range of ranges) results.push(...(await decode(range)));
      audio = audio.slice(endpointer.neededFromSample - audioFromSample);
      audioFromSample = endpointer.neededFromSample;
      return results;
    },
    async close() {
      const range = endpointer.close();
      return range ? await decode(range) : [];
    },
  };
}

/** Spreads the words over the loud part by their length, for recognisers that give no times. */
function spreadWords(text: string, { speechFromSample, speechToSample }: HeardRange): RecognizedSpan[] {
  const words = text.split(/\s+/);
  const characters = words.join('').length;
  const samplesPerCharacter = (speechToSample - speechFromSample) / characters;
  let said = 0;
  return words.map((word) => {
    const startSample = Math.round(speechFromSample + said * samplesPerCharacter);
    said += word.length;
    const endSample = Math.round(speechFromSample + said * samplesPerCharacter);
    return { word, startSample, endSample, confidence: null };
  });
}

function moved(span: RecognizedSpan, bySamples: number): RecognizedSpan {
  return { ...span, startSample: span.startSample + bySamples, endSample: span.endSample + bySamples };
}

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
