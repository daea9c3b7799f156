import { RecognizerError, type Recognition, type RecognizerStream } from '../recognizer.ts';
import type { GoogleStatus } from './google-failure.ts';
import { judge, toError } from './google-failure.ts';
import { readResponse } from './google-dialect.ts';
import { openLeg, type GoogleLeg, type LegContext } from './google-leg.ts';
import type { AnswerRhythm } from './answer-rhythm.ts';
import type { GoogleSettings } from './google-options.ts';
import { createSilence, type Silence } from './silence.ts';
import { cutAt, hear, NOTHING_SAID, toRecognition, type Transcript } from './google-transcript.ts';

export interface GoogleUtteranceOptions {
  readonly leg: LegContext;
  readonly settings: GoogleSettings;
  readonly rhythm: AnswerRhythm;
  /** BCP-47 or `auto`, as it was asked for. */
  readonly language: string;
  readonly onOver: () => void;
}

/** Less than this is no word: Google is not asked. Units: samples at 16 kHz (0.1 s). */
const LEAST_SAMPLES = 1_600;
/** Audio without a final past this ends the stream, which brings one. Units: samples at 16 kHz (60 s, 1.9 MB). */
const MOST_UNSETTLED_SAMPLES = 960_000;
/** Only past this does `feed` wait for Google. Units: samples at 16 kHz (120 s, 3.8 MB). */
const MOST_HELD_SAMPLES = 1_920_000;
const SAMPLES_PER_MS = 16;
/** From this part of a stream's time on, the next final is the moment to change over. */
const ROTATE_AT_FINAL_FROM = 0.9;
/** −40 dBFS: audio that Google is expected to say something about. */
const LOUD_AMPLITUDE = 0.01;
/** Quiet retries between two finals; the next failure is for whoever can choose another recogniser. */
const MOST_REPLAYS = 1;

/**
 * One utterance, heard by as many calls ("legs") as it takes; each begins where the audio before is settled by a final.
 *
 * @see docs/adr/0017-google-streams.md
 */
export function openGoogleUtterance(options: GoogleUtteranceOptions): RecognizerStream {
  return new GoogleUtterance(options);
}

class GoogleUtterance implements RecognizerStream {
  readonly #options: GoogleUtteranceOptions;
  #transcript: Transcript = NOTHING_SAID;
  #answer: { readonly of: Transcript; readonly recognition: Recognition } | null = null;
  #leg: GoogleLeg | null = null;
  /** The stream was put down in mid-utterance: what it had said in full, to be taken back where no more audio comes. */
  #putDown: { readonly whole: Transcript; readonly atSample: number } | null = null;
  #isFinishing = false;
  #isOver = false;
  #failure: RecognizerError | null = null;
  #hasHeard = false;
  #replays = 0;
  /** Streams that broke since Google was last heard: quiet retries have no other trace. */
  #brokenInARow = 0;
  readonly #silence: Silence;
  #idleTimer: NodeJS.Timeout | undefined;
  #patienceTimer: NodeJS.Timeout | undefined;
  #wake: (() => void)[] = [];

  constructor(options: GoogleUtteranceOptions) {
    this.#options = options;
    const { rhythm, settings } = options;
    this.#silence = createSilence({ rhythm, timeoutMs: settings.timeoutMs, nowMs: () => performance.now() });
  }

  async feed(samples: Float32Array): Promise<Recognition> {
    this.#assertOpen();
    if (samples.length > 0) this.#take(samples);
    if (this.#isHeldTooMuch()) await this.#waitForRoom();
    if (this.#failure) throw this.#failure;
    return this.#recognition();
  }

  async finish(): Promise<Recognition> {
    this.#assertOpen();
    this.#isFinishing = true;
    clearTimeout(this.#idleTimer);
    // A stream that was ended already has its time; this must not make it longer.
    if (!this.#leg?.isHalfClosed) this.#bePatient(this.#silence.leftMs);
    this.#advance();
    while (!this.#isOver) await this.#change();
    if (this.#failure) throw this.#failure;
    return this.#recognition();
  }

  abort(): void {
    this.#fail(new RecognizerError('The stream was dropped.', { failure: 'called_off' }));
  }

  #assertOpen(): void {
    if (this.#failure) throw this.#failure;
    if (this.#isOver || this.#isFinishing) {
      throw new RecognizerError('The stream has ended.', { failure: 'called_off' });
    }
  }

  #take(samples: Float32Array): void {
    this.#options.leg.held.append(samples);
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#putDownLeg(), this.#options.settings.idleAfterMs);
    this.#advance();
    if (samples.some((sample) => Math.abs(sample) > LOUD_AMPLITUDE)) this.#silence.loudSent();
    this.#askIfUnanswered();
  }

  /** Opens a leg where one is due, sends what there is, and ends the leg where its time has come. */
  #advance(): void {
    if (this.#isOver) return;
    if (!this.#leg && !this.#openLeg()) return;
    const leg = this.#leg;
    if (!leg || leg.isHalfClosed) return;
    const { held } = this.#options.leg;
    const { rotateAfterMs } = this.#options.settings;
    const mostSample = leg.place.originSample + rotateAfterMs * SAMPLES_PER_MS;
    leg.sendUpTo(Math.min(held.endSample, mostSample));
    const { sentSample } = leg.place;
    const isAllSent = sentSample === held.endSample;
    const isUnsettled = sentSample - this.#transcript.settledSample >= MOST_UNSETTLED_SAMPLES;
    if ((this.#isFinishing && isAllSent) || isUnsettled || leg.ageMs(performance.now()) >= rotateAfterMs) {
      this.#endLeg(leg, this.#silence.leftMs);
    }
  }

  /** Opens the next leg, or settles the end of the utterance where nothing is left to hear. False: there is none. */
  #openLeg(): boolean {
    const { held } = this.#options.leg;
    const isNew = held.endSample > (this.#putDown?.atSample ?? -1);
    if (isNew && held.endSample - this.#transcript.settledSample >= LEAST_SAMPLES) {
      held.dropBefore(this.#transcript.settledSample);
      this.#putDown = null;
      this.#silence.begin();
      this.#leg = openLeg(this.#options.leg, this.#listener());
      return true;
    }
    if (!this.#isFinishing) return false;
    if (this.#putDown && !isNew) this.#transcript = this.#putDown.whole;
    this.#end();
    return false;
  }

  #listener() {
    // A leg that was left for another says nothing that counts: it was cancelled.
    return {
      onResponse: (response: unknown) => this.#onResponse(response),
      onDrain: () => this.#advance(),
      onOver: (status: GoogleStatus | RecognizerError | null) => this.#onOver(status),
    };
  }

  #onResponse(message: unknown): void {
    const leg = this.#leg;
    if (!leg) return;
    const { results, error } = readResponse(message);
    if (error) return this.#onBroken(leg, { code: error.code, message: error.message });
    this.#hasHeard = true;
    this.#brokenInARow = 0;
    this.#silence.spoke();
    if (this.#patienceTimer) this.#bePatient(this.#options.settings.timeoutMs);
    const settledBefore = this.#transcript.settledSample;
    this.#transcript = hear(this.#transcript, results, leg.place);
    if (this.#transcript.settledSample > settledBefore) this.#onSettled(leg);
  }

  #onSettled(leg: GoogleLeg): void {
    this.#replays = 0;
    if (leg.isHalfClosed) return;
    const { settings, leg: context } = this.#options;
    context.held.dropBefore(this.#transcript.settledSample);
    this.#wakeAll();
    if (leg.ageMs(performance.now()) < settings.rotateAfterMs * ROTATE_AT_FINAL_FROM) return;
    // What was sent after the final is sent again, so the old leg has nothing left to say.
    leg.cancel();
    this.#leg = null;
    this.#advance();
  }

  #onOver(status: GoogleStatus | RecognizerError | null): void {
    const leg = this.#leg;
    if (!leg) return;
    if (status instanceof RecognizerError) return this.#fail(status);
    if (status !== null || !leg.isHalfClosed) return this.#onBroken(leg, status ?? { code: 0 });
    this.#silence.over();
    this.#leg = null;
    this.#stopWaiting();
    const { held } = this.#options.leg;
    const { sentSample } = leg.place;
    if (this.#isFinishing && sentSample === held.endSample) return this.#end();
    const whole = this.#transcript;
    this.#transcript = cutAt(whole, { sentSample, heldFromSample: held.fromSample });
    if (sentSample === held.endSample) this.#putDown = { whole, atSample: sentSample };
    held.dropBefore(this.#transcript.settledSample);
    this.#wakeAll();
    if (this.#isFinishing) this.#bePatient(this.#options.settings.timeoutMs);
    this.#advance();
  }

  /** The call ended by itself: one quiet retry, if Google has been heard at all, and only once between two finals. */
  #onBroken(leg: GoogleLeg, status: GoogleStatus): void {
    const verdict = judge(status);
    this.#brokenInARow += 1;
    if (!verdict.mayReplay || !this.#hasHeard || this.#replays >= MOST_REPLAYS) {
      return this.#fail(toError(verdict, { cause: status, failedRequests: this.#brokenInARow }));
    }
    this.#replays += 1;
    leg.cancel();
    this.#leg = null;
    this.#stopWaiting();
    if (this.#isFinishing) this.#bePatient(this.#options.settings.timeoutMs);
    this.#advance();
  }

  /** No audio comes: Google would end the stream, and the silence may not be filled with audio that nobody sent. */
  #putDownLeg(): void {
    if (this.#leg) this.#endLeg(this.#leg, this.#options.settings.timeoutMs);
  }

  /** Noise brings no message either. A recogniser that lives answers the end of its stream, one that hangs does not. */
  #askIfUnanswered(): void {
    const leg = this.#leg;
    if (leg && !leg.isHalfClosed && this.#silence.isTooLong) this.#endLeg(leg, this.#options.rhythm.endMs);
  }

  #endLeg(leg: GoogleLeg, patienceMs: number): void {
    if (leg.isHalfClosed) return;
    leg.halfClose();
    this.#silence.endSent();
    this.#bePatient(patienceMs);
  }

  #bePatient(patienceMs: number): void {
    clearTimeout(this.#patienceTimer);
    this.#patienceTimer = setTimeout(() => {
      this.#silence.timedOut();
      this.#fail(new RecognizerError('Google gave no answer in time.', { failure: 'timeout' }));
    }, patienceMs);
  }

  #stopWaiting(): void {
    clearTimeout(this.#patienceTimer);
    this.#patienceTimer = undefined;
  }

  /** Nothing is fed meanwhile that could notice a Google which hangs, so the wait has an end of its own. */
  async #waitForRoom(): Promise<void> {
    this.#bePatient(this.#options.settings.timeoutMs);
    while (this.#isHeldTooMuch() && !this.#isOver) await this.#change();
    if (!this.#leg?.isHalfClosed) this.#stopWaiting();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #isHeldTooMuch(): boolean {
    const { held } = this.#options.leg;
    return held.endSample - held.fromSample > MOST_HELD_SAMPLES;
  }

  /** Most pieces bring nothing new: the answer is made once for each change. */
  #recognition(): Recognition {
    if (this.#answer?.of === this.#transcript) return this.#answer.recognition;
    const { language, settings } = this.#options;
    const recognition = toRecognition(this.#transcript, { language, hasWordTimes: settings.hasWordTimes });
    this.#answer = { of: this.#transcript, recognition };
    return recognition;
  }

  #fail(error: RecognizerError): void {
    if (this.#isOver) return;
    this.#failure = error;
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#leg?.cancel();
    this.#leg = null;
    clearTimeout(this.#idleTimer);
    this.#stopWaiting();
    this.#options.onOver();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
