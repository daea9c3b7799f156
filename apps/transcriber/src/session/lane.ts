import { CHUNK_SAMPLES, levelsDbfs } from '@verbatim/audio';
import type { AudioControl, EndReason } from '@verbatim/protocol';
import type { VoiceActivityDetector } from '@verbatim/recognizers';
import {
  initialState,
  isBacklogged,
  isBetweenUtterances,
  neededFromSample,
  step,
  type PolicyEffect,
  type PolicyEvent,
  type PolicyOptions,
} from '@verbatim/streaming';
import type { LaneCheckpoint } from '../committing/session-checkpoint.ts';
import { createSampleRing, type InterleavedChunk, type PaddedRange } from './sample-ring.ts';
import { createVoiceWindows, type VoiceWindows } from './voice-windows.ts';

export interface LaneOptions {
  readonly channel: number;
  readonly policy: PolicyOptions;
  readonly checkpoint: LaneCheckpoint;
  readonly detector: VoiceActivityDetector;
  /** Performs what the policy wants; called once per policy step, in order. */
  readonly perform: (lane: Lane, effects: readonly PolicyEffect[]) => void;
}

interface Mark {
  readonly control: AudioControl;
  readonly atSample: number;
}

/**
 * One channel of a session: its audio, its detector, its policy. Cuts the audio into frames of exactly 1600 samples, however it
 * arrived, because finals must depend on the audio alone; only a mark cuts a frame short.
 */
export interface Lane {
  readonly channel: number;
  readonly endSample: number;
  /** What lies between here and `endSample` waits for its policy step. */
  readonly decidedSample: number;
  /** Audio held in memory. Units: samples. */
  readonly heldSamples: number;
  /** Marks that are not answered yet. */
  readonly heldMarks: number;
  readonly isFinished: boolean;
  /** Which mark ended the audio: the first one counts. `undefined` before. */
  readonly endReason: EndReason | undefined;
  readonly hasWork: boolean;
  /** All audio and marks are decided, and every final that they ask for is out. */
  readonly isBetweenUtterances: boolean;
  append(chunk: Omit<InterleavedChunk, 'channel'>): void;
  /**
   * Puts a mark behind everything appended so far.
   * @throws RangeError when audio is missing before it.
   */
  mark(control: AudioControl, atSample: number): void;
  /** Decides one frame or answers one mark. */
  work(): void;
  dispatch(event: PolicyEvent): void;
  /** A copy of the audio, with silence around it. */
  copyAudio(range: PaddedRange): Float32Array;
  /** Keeps audio from here on, though the policy may not need it any more, until the function returned is called. */
  hold(fromSample: number): () => void;
}

export function createLane(options: LaneOptions): Lane {
  return new PolicyLane(options);
}

class PolicyLane implements Lane {
  readonly channel: number;
  readonly #options: LaneOptions;
  readonly #ring;
  readonly #windows: VoiceWindows;
  readonly #marks: Mark[] = [];
  readonly #holds = new Set<{ readonly fromSample: number }>();
  /** Where this owner began to decide: what lies before is in the checkpoint. */
  readonly #resumedSample: number;
  /** Marks at exactly `#resumedSample` that an earlier owner has answered. */
  #answeredMarks: number;
  #frameStart: number;
  #policy;
  #isFinished: boolean;
  #endReason: EndReason | undefined;
  /** Events that came up while the effects of an earlier one were performed. */
  readonly #events: PolicyEvent[] = [];
  #isStepping = false;

  constructor(options: LaneOptions) {
    const { policy, isFinished, endReason } = options.checkpoint;
    this.channel = options.channel;
    this.#options = options;
    this.#ring = createSampleRing(policy?.audioFromSample ?? 0);
    this.#windows = createVoiceWindows(options.detector);
    this.#resumedSample = policy?.decidedSample ?? 0;
    this.#answeredMarks = policy?.flushesAtDecided ?? 0;
    this.#frameStart = this.#resumedSample;
    this.#policy = initialState(options.policy, policy ?? undefined);
    this.#isFinished = isFinished;
    this.#endReason = endReason;
  }

  get endSample(): number {
    return this.#ring.endSample;
  }

  get decidedSample(): number {
    return this.#frameStart;
  }

  get heldSamples(): number {
    return this.#ring.endSample - this.#ring.startSample;
  }

  get heldMarks(): number {
    return this.#marks.length;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get endReason(): EndReason | undefined {
    return this.#endReason;
  }

  get hasWork(): boolean {
    if (this.#isFinished || isBacklogged(this.#policy)) return false;
    return this.#marks.length > 0 || this.#ring.endSample - this.#frameStart >= CHUNK_SAMPLES;
  }

  get isBetweenUtterances(): boolean {
    return !this.hasWork && isBetweenUtterances(this.#policy);
  }

  append(chunk: Omit<InterleavedChunk, 'channel'>): void {
    if (!this.#isFinished) this.#ring.append({ ...chunk, channel: this.channel });
  }

  mark(control: AudioControl, atSample: number): void {
    if (this.#isFinished) return;
    if (atSample > this.endSample) throw new RangeError('audio is missing before a mark');
    this.#marks.push({ control, atSample });
  }

  work(): void {
    if (!this.hasWork) return;
    const mark = this.#marks[0];
    if (mark === undefined || mark.atSample > this.#frameStart) {
      return this.#decideFrame(Math.min(this.#frameStart + CHUNK_SAMPLES, mark?.atSample ?? Infinity));
    }
    this.#marks.shift();
    if (mark.atSample < this.#resumedSample) return;
    if (mark.atSample === this.#resumedSample && this.#answeredMarks > 0) {
      this.#answeredMarks -= 1;
      return;
    }
    if (mark.control === 'finalize') return this.dispatch({ type: 'finalize_asked' });
    this.#endReason ??= mark.control === 'end' ? 'client_end' : 'idle';
    this.dispatch({ type: 'input_ended' });
  }

  /** One event after the other: what performing an effect brings up (a superseded interim) waits for its other effects. */
  dispatch(event: PolicyEvent): void {
    this.#events.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#step(next);
    this.#isStepping = false;
  }

  copyAudio(range: PaddedRange): Float32Array {
    return this.#ring.copy(range);
  }

  hold(fromSample: number): () => void {
    const hold = { fromSample };
    this.#holds.add(hold);
    return () => {
      this.#holds.delete(hold);
      this.#discard();
    };
  }

  #decideFrame(endSample: number): void {
    const frame = this.#ring.copy({ fromSample: this.#frameStart, toSample: endSample });
    this.#frameStart = endSample;
    const speech = this.#windows.accept(frame, endSample);
    this.dispatch({ type: 'frame_arrived', endSample, speech, levelsDbfs: levelsDbfs(frame) });
  }

  #step(event: PolicyEvent): void {
    const { state, effects } = step(this.#policy, event);
    this.#policy = state;
    if (effects.some((effect) => effect.type === 'reset_detector')) this.#windows.reset();
    if (effects.some((effect) => effect.type === 'session_finished')) this.#isFinished = true;
    this.#options.perform(this, effects);
    // After performing: a decode asked for in this very step has put its hold on the audio.
    this.#discard();
  }

  #discard(): void {
    const held = [...this.#holds].map((hold) => hold.fromSample);
    this.#ring.discardBefore(Math.min(neededFromSample(this.#policy), this.#frameStart, ...held));
  }
}
