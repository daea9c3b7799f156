/** Units of all positions here: samples at 16 kHz since the call's first. */
export interface HeardRange {
  readonly kind: 'interim' | 'final';
  readonly fromSample: number;
  readonly toSample: number;
  /** Where the loud part lies: for words that the recogniser gives no times for. */
  readonly speechFromSample: number;
  readonly speechToSample: number;
}

/** Finds by loudness alone where something was said. */
export interface Endpointer {
  /** Audio before it is not needed any more. */
  readonly neededFromSample: number;
  accept(samples: Float32Array): HeardRange[];
  /** No more audio: what is still open. */
  close(): HeardRange | null;
}

/** 32 ms. */
const WINDOW_SAMPLES = 512;
/** −40 dB below full scale, as power. */
const LOUD_POWER = 10 ** -4;
/** 0.3 s before the first loud window, so that a soft beginning is heard. */
const PRE_ROLL_SAMPLES = 4_800;
/** 0.5 s of silence end an utterance. */
const SILENCE_SAMPLES = 8_000;
/** 0.5 s of new audio bring an interim result. */
const INTERIM_SAMPLES = 8_000;
/** 28 s without a pause: the local models fall apart past 30 s, so the utterance is cut where it is quietest. */
const LONGEST_SAMPLES = 448_000;
/** The cut is looked for in the last 2 s. */
const CUT_SEARCH_WINDOWS = 62;

interface Speech {
  readonly fromSample: number;
  readonly loudFromSample: number;
  loudToSample: number;
  nextInterimSample: number;
}

export function createEndpointer(): Endpointer {
  return new LevelEndpointer();
}

class LevelEndpointer implements Endpointer {
  #rest = new Float32Array(0);
  #endSample = 0;
  #settledSample = 0;
  #speech: Speech | null = null;
  readonly #powers: number[] = [];

  get neededFromSample(): number {
    return this.#speech?.fromSample ?? Math.max(this.#settledSample, this.#endSample - PRE_ROLL_SAMPLES);
  }

  accept(samples: Float32Array): HeardRange[] {
    const audio = new Float32Array(this.#rest.length + samples.length);
    audio.set(this.#rest);
    audio.set(samples, this.#rest.length);
    const ranges: HeardRange[] = [];
    let at = 0;
    for (; at + WINDOW_SAMPLES <= audio.length; at += WINDOW_SAMPLES) {
      const range = this.#hear(powerOf(audio.subarray(at, at + WINDOW_SAMPLES)));
      if (range) ranges.push(range);
    }
    this.#rest = audio.slice(at);
    return ranges;
  }

  close(): HeardRange | null {
    return this.#speech && this.#range('final', this.#speech, this.#endSample + this.#rest.length);
  }

  #hear(power: number): HeardRange | null {
    const windowFrom = this.#endSample;
    this.#endSample += WINDOW_SAMPLES;
    this.#powers.push(power);
    if (this.#powers.length > CUT_SEARCH_WINDOWS) this.#powers.shift();
    if (power >= LOUD_POWER) this.#hearSpeech(windowFrom);
    return this.#due();
  }

  #hearSpeech(windowFrom: number): void {
    this.#speech ??= {
      fromSample: Math.max(this.#settledSample, windowFrom - PRE_ROLL_SAMPLES),
      loudFromSample: windowFrom,
      loudToSample: this.#endSample,
      nextInterimSample: windowFrom + INTERIM_SAMPLES,
    };
    this.#speech.loudToSample = this.#endSample;
  }

  #due(): HeardRange | null {
    const speech = this.#speech;
    if (!speech) return null;
    if (this.#endSample - speech.loudToSample >= SILENCE_SAMPLES) return this.#settle(speech, this.#endSample);
    if (this.#endSample - speech.fromSample >= LONGEST_SAMPLES) return this.#settle(speech, this.#quietestSample());
    if (this.#endSample < speech.nextInterimSample) return null;
    speech.nextInterimSample = this.#endSample + INTERIM_SAMPLES;
    return this.#range('interim', speech, this.#endSample);
  }

  #settle(speech: Speech, toSample: number): HeardRange {
    this.#settledSample = toSample;
    this.#speech = null;
    if (toSample < this.#endSample) this.#hearSpeech(toSample);
    return this.#range('final', speech, toSample);
  }

  #range(kind: HeardRange['kind'], speech: Speech, toSample: number): HeardRange {
    return {
      kind,
      fromSample: speech.fromSample,
      toSample,
      speechFromSample: speech.loudFromSample,
      speechToSample: Math.min(toSample, speech.loudToSample),
    };
  }

  /** The border inside the quietest pair of windows. */
  #quietestSample(): number {
    let best = 1;
    const pairPower = (index: number): number => (this.#powers[index - 1] ?? 0) + (this.#powers[index] ?? 0);
    for (let index = 1; index < this.#powers.length; index++) if (pairPower(index) < pairPower(best)) best = index;
    return this.#endSample - (this.#powers.length - best) * WINDOW_SAMPLES;
  }
}

function powerOf(window: Float32Array): number {
  let sum = 0;
  for (const sample of window) sum += sample * sample;
  return sum / window.length;
}
