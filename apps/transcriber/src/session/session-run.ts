import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { AudioEntry } from '@verbatim/backbone';
import { releaseBeforeSample, type SessionCheckpoint } from '../committing/session-checkpoint.ts';
import { createEffectPerformer, type EffectPerformer, type EffectPerformerOptions } from './effect-performer.ts';
import { createLagMeter, type LagMeter } from './lag-meter.ts';
import { createLane, type Lane } from './lane.ts';
import { policyOptionsFor } from './policy-options.ts';
import type { ProviderBench } from './session-options.ts';

/**
 * A session that holds more audio without a final is not read until it shrinks: the audio waits in Redis, where it is safe and
 * bounded. More than the longest utterance and what its splitting keeps, so it never stops one. Units: samples.
 */
export const READ_AHEAD_SAMPLES = 30 * PIPELINE_SAMPLE_RATE_HZ;

/** Nor is one whose marks pile up, which need no audio: a client may ask for finals faster than they can be made. Units: marks. */
export const READ_AHEAD_MARKS = 64;

export interface SessionRunOptions extends Omit<EffectPerformerOptions, 'lanes' | 'lag'> {
  /** Where it begins. */
  readonly checkpoint: SessionCheckpoint;
  readonly nowMs: () => number;
}

/**
 * One recogniser's work on a session, from a checkpoint on: a lane and a detector per channel, and the way to the recogniser. When the
 * session goes on with another recogniser the whole run is thrown away and a new one begins at the committed checkpoint, which is what
 * a takeover by another process does, too: so nothing that the old one had begun can be lost or said twice.
 */
export interface SessionRun {
  readonly bench: ProviderBench;
  /** Audio after this entry has not been accepted yet. */
  readonly afterStreamId: string;
  /** So much is held that nothing more should be read. */
  readonly isFull: boolean;
  readonly lanes: readonly Lane[];
  readonly hasWork: boolean;
  readonly isFinished: boolean;
  /** Everything accepted is in finals that are out. */
  readonly isBetweenUtterances: boolean;
  /** Units: milliseconds. */
  lagMs(): number;
  accept(entries: readonly AudioEntry[]): void;
  /** Decides one frame or mark; returns how many samples of the first channel that were. */
  work(): number;
  stop(): void;
}

export function startSessionRun(options: SessionRunOptions): SessionRun {
  return new LanesOfOneRecognizer(options);
}

class LanesOfOneRecognizer implements SessionRun {
  readonly bench: ProviderBench;
  readonly lanes: readonly Lane[];
  readonly #detectors;
  readonly #sessionId;
  readonly #lag: LagMeter;
  readonly #performer: EffectPerformer;
  #afterStreamId: string;
  #isStopped = false;

  constructor(options: SessionRunOptions) {
    const { bench, claimed, checkpoint } = options;
    this.bench = bench;
    this.#sessionId = claimed.sessionId;
    this.#afterStreamId = `${releaseBeforeSample(checkpoint)}-0`;
    this.#lag = createLagMeter(options.nowMs);
    this.#detectors = checkpoint.lanes.map(() => bench.detectors.borrow());
    const policy = policyOptionsFor(claimed.config, bench.recognizer.capabilities, bench.detectors);
    this.lanes = this.#detectors.map((detector, channel) =>
      createLane({
        channel,
        policy,
        detector,
        checkpoint: checkpoint.lanes[channel] ?? { policy: null, isFinished: false },
        perform: (lane, effects) => this.#performer.perform(lane, effects),
      }),
    );
    this.#performer = createEffectPerformer({ ...options, lanes: this.lanes, lag: this.#lag });
  }

  get afterStreamId(): string {
    return this.#afterStreamId;
  }

  get isFull(): boolean {
    return this.lanes.some(
      ({ heldSamples, heldMarks }) => heldSamples > READ_AHEAD_SAMPLES || heldMarks >= READ_AHEAD_MARKS,
    );
  }

  get hasWork(): boolean {
    return this.lanes.some((lane) => lane.hasWork);
  }

  get isFinished(): boolean {
    return this.lanes.every((lane) => lane.isFinished);
  }

  get isBetweenUtterances(): boolean {
    return this.lanes.every((lane) => lane.isBetweenUtterances);
  }

  lagMs(): number {
    return this.#lag.lagMs(Math.min(...this.lanes.map((lane) => lane.decidedSample)));
  }

  accept(entries: readonly AudioEntry[]): void {
    for (const entry of entries) this.#acceptEntry(entry);
  }

  work(): number {
    const lane = this.#laneBehind();
    if (lane === undefined) return 0;
    const before = lane.decidedSample;
    lane.work();
    this.#performer.advance(lane);
    return lane.channel === 0 ? lane.decidedSample - before : 0;
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.bench.scheduler.forget(this.#sessionId);
    this.#performer.close();
    for (const detector of this.#detectors) this.bench.detectors.giveBack(detector);
  }

  #acceptEntry(entry: AudioEntry): void {
    this.#afterStreamId = entry.streamId;
    if (entry.kind === 'control') {
      for (const lane of this.lanes) lane.mark(entry.control, entry.atSample);
      return;
    }
    for (const lane of this.lanes) lane.append({ ...entry, channels: this.lanes.length });
    this.#lag.audioArrived(entry.endSample);
  }

  /** The lane that is furthest behind, so that two channels stay side by side. */
  #laneBehind(): Lane | undefined {
    return this.lanes
      .filter((lane) => lane.hasWork)
      .reduce<Lane | undefined>((a, b) => (a === undefined || b.decidedSample < a.decidedSample ? b : a), undefined);
  }
}
