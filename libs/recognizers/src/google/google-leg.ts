import type { GoogleCall, GoogleCallListener, GoogleClient } from './google-client.ts';
import type { GoogleDialect } from './google-dialect.ts';
import type { HeldAudio } from './held-audio.ts';
import type { CallPlace } from './google-transcript.ts';

/** What every leg of an utterance is opened with. */
export interface LegContext {
  readonly client: GoogleClient;
  readonly dialect: GoogleDialect;
  readonly languageCodes: readonly string[];
  readonly held: HeldAudio;
}

/** One call that hears a stretch of an utterance; when it is too old or breaks, the next leg goes on. */
export interface GoogleLeg {
  readonly place: CallPlace;
  /** No more audio goes into it: it says what it has to say and ends. */
  readonly isHalfClosed: boolean;
  /** The longer of its time on the clock and the audio sent in it. Units: milliseconds. */
  ageMs(nowMs: number): number;
  /** Sends what is held up to this sample, as fast as the connection takes it. */
  sendUpTo(sample: number): void;
  halfClose(): void;
  cancel(): void;
}

/** 0.4 s: 12,800 bytes, under the 15 KB that Google's documentation of the field names. */
const REQUEST_SAMPLES = 6_400;
const SAMPLES_PER_MS = 16;

export function openLeg(context: LegContext, listener: GoogleCallListener): GoogleLeg {
  return new OpenLeg(context, listener);
}

class OpenLeg implements GoogleLeg {
  readonly #context: LegContext;
  readonly #call: GoogleCall;
  readonly #openedAtMs = performance.now();
  readonly #originSample: number;
  #sentSample: number;
  #isWritable: boolean;
  #isHalfClosed = false;

  constructor(context: LegContext, listener: GoogleCallListener) {
    this.#context = context;
    this.#originSample = context.held.fromSample;
    this.#sentSample = this.#originSample;
    this.#call = context.client.openCall({
      onResponse: (response) => listener.onResponse(response),
      onOver: (status) => listener.onOver(status),
      onDrain: () => {
        this.#isWritable = true;
        listener.onDrain();
      },
    });
    this.#isWritable = this.#call.write(context.dialect.configRequest(context.languageCodes));
  }

  get place(): CallPlace {
    return { originSample: this.#originSample, sentSample: this.#sentSample };
  }

  get isHalfClosed(): boolean {
    return this.#isHalfClosed;
  }

  ageMs(nowMs: number): number {
    return Math.max(nowMs - this.#openedAtMs, (this.#sentSample - this.#originSample) / SAMPLES_PER_MS);
  }

  sendUpTo(sample: number): void {
    while (this.#isWritable && !this.#isHalfClosed && this.#sentSample < sample) {
      const end = Math.min(sample, this.#sentSample + REQUEST_SAMPLES);
      const audio = this.#context.held.read(this.#sentSample, end);
      this.#sentSample = end;
      this.#isWritable = this.#call.write(this.#context.dialect.audioRequest(audio));
    }
  }

  halfClose(): void {
    if (this.#isHalfClosed) return;
    this.#isHalfClosed = true;
    this.#call.halfClose();
  }

  cancel(): void {
    this.#call.cancel();
  }
}
