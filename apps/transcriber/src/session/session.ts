import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { AudioCursor, AudioEntry } from '@verbatim/backbone';
import type { Fence, Seq, ServerMessage, SessionId } from '@verbatim/protocol';
import type { VoiceActivityDetector } from '@verbatim/recognizers';
import { createOutbox, isStorageAway, type Outbox } from '../committing/outbox.ts';
import { readCheckpoint, releaseBeforeSample } from '../committing/session-checkpoint.ts';
import { sessionEndedMessage } from '../messages/session-ended-message.ts';
import { createEffectPerformer, type EffectPerformer } from './effect-performer.ts';
import { createLagMeter, type LagMeter } from './lag-meter.ts';
import { createLane, type Lane } from './lane.ts';
import { policyOptionsFor } from './policy-options.ts';
import type { SessionOptions } from './session-options.ts';
import { createStatusTracker, type StatusTracker } from './status-tracker.ts';

/**
 * A session that holds more audio without a final is not read until it shrinks: the audio waits in Redis, where it is safe and
 * bounded. More than the longest utterance and what its splitting keeps, so it never stops one. Units: samples.
 */
export const READ_AHEAD_SAMPLES = 30 * PIPELINE_SAMPLE_RATE_HZ;

/** Nor is one whose marks pile up, which need no audio: a client may ask for finals faster than they can be made. Units: marks. */
export const READ_AHEAD_MARKS = 64;

/** A claimed session: lanes that decide, an outbox that commits, and this shell between them. */
export interface Session {
  readonly sessionId: SessionId;
  readonly fence: Fence;
  /** From where to read on; `undefined` while enough audio is held. */
  readonly cursor: AudioCursor | undefined;
  /** How late its text was at the last {@link reportStatus}. Units: milliseconds. */
  readonly lagMs: number;
  /** What a read brought, empty when there was nothing new. */
  accept(entries: readonly AudioEntry[]): void;
  /** Does one small piece of work; `true` while more is waiting. */
  work(): boolean;
  /** Tells the client when its text is late, and when it is not any more. */
  reportStatus(): void;
  /** Reads nothing more, commits what is decided, and hands the session back. */
  handOver(): Promise<void>;
  /** Ends all work at once; what was not committed is left to the next owner. */
  stop(): void;
}

/** @throws Error when the checkpoint cannot be read. */
export function openSession(options: SessionOptions): Session {
  return new ClaimedSessionShell(options);
}

class ClaimedSessionShell implements Session {
  readonly sessionId: SessionId;
  readonly fence: Fence;
  readonly #options: SessionOptions;
  readonly #lag: LagMeter;
  readonly #status: StatusTracker;
  readonly #outbox: Outbox;
  readonly #detectors: readonly VoiceActivityDetector[];
  readonly #lanes: readonly Lane[];
  readonly #performer: EffectPerformer;
  #afterStreamId: string;
  #hasCaughtUp: boolean;
  #lagMs = 0;
  #isRecognizerFailing = false;
  #isReading = true;
  #isEnding = false;
  #isStopped = false;

  constructor(options: SessionOptions) {
    const { claimed, provider } = options;
    const checkpoint = readCheckpoint(claimed.checkpoint, claimed.config.channels);
    this.sessionId = claimed.sessionId;
    this.fence = claimed.fence;
    this.#options = options;
    this.#afterStreamId = `${releaseBeforeSample(checkpoint)}-0`;
    this.#hasCaughtUp = !claimed.isTakeover;
    this.#lag = createLagMeter(options.nowMs);
    this.#status = createStatusTracker(claimed.config.provider);
    this.#outbox = createOutbox({ ...claimed, checkpoint, ...this.#outboxPorts() });
    this.#detectors = checkpoint.lanes.map(() => provider.detectors.borrow());
    const policy = policyOptionsFor(claimed.config, provider.recognizer.capabilities, provider.detectors);
    this.#lanes = this.#detectors.map((detector, channel) =>
      createLane({
        channel,
        policy,
        detector,
        checkpoint: checkpoint.lanes[channel] ?? { policy: null, isFinished: false },
        perform: (lane, effects) => this.#performer.perform(lane, effects),
      }),
    );
    this.#performer = createEffectPerformer({
      ...options,
      lanes: this.#lanes,
      outbox: this.#outbox,
      lag: this.#lag,
      publish: (message) => this.#publish(message),
      guard: (callback) => this.#guard(callback, true),
      onRecognizerFailing: (isFailing) => void (this.#isRecognizerFailing = isFailing),
      onFailed: (error) => this.#fail(error),
    });
    this.#endWhenFinished();
  }

  get lagMs(): number {
    return this.#lagMs;
  }

  get cursor(): AudioCursor | undefined {
    const isFull = this.#lanes.some(
      ({ heldSamples, heldMarks }) => heldSamples > READ_AHEAD_SAMPLES || heldMarks >= READ_AHEAD_MARKS,
    );
    if (!this.#isReading || this.#isEnding || isFull) return undefined;
    return { sessionId: this.sessionId, afterStreamId: this.#afterStreamId };
  }

  accept(entries: readonly AudioEntry[]): void {
    this.#guard(() => {
      if (!this.#isReading) return;
      for (const entry of entries) this.#acceptEntry(entry);
      if (this.#hasWork) this.#options.listener.onWork();
      else if (entries.length === 0) this.#hasCaughtUp = true;
    });
  }

  work(): boolean {
    this.#guard(() => {
      const lane = this.#laneBehind();
      if (lane === undefined || !this.#isReading) return;
      const before = lane.decidedSample;
      lane.work();
      this.#performer.advance(lane);
      if (lane.channel === 0) this.#options.listener.onDecided(lane.decidedSample - before);
    });
    return this.#isReading && !this.#isStopped && this.#hasWork;
  }

  reportStatus(): void {
    this.#lagMs = this.#lag.lagMs(Math.min(...this.#lanes.map((lane) => lane.decidedSample)));
    this.#options.listener.onLag(this.#lagMs);
    const message = this.#status.update({
      lagMs: this.#lagMs,
      hasCaughtUp: this.#hasCaughtUp,
      isRecognizerFailing: this.#isRecognizerFailing,
    });
    if (message !== undefined) this.#publish(message);
  }

  async handOver(): Promise<void> {
    this.#isReading = false;
    this.#options.provider.scheduler.forget(this.sessionId);
    await this.#outbox.drained();
    if (this.#isStopped) return;
    this.stop();
    await this.#options.backbone.release(this.sessionId, this.fence, 'handed_over');
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#isReading = false;
    this.#options.provider.scheduler.forget(this.sessionId);
    this.#performer.close();
    this.#outbox.stop();
    for (const detector of this.#detectors) this.#options.provider.detectors.giveBack(detector);
  }

  get #hasWork(): boolean {
    return this.#lanes.some((lane) => lane.hasWork);
  }

  /** The lane that is furthest behind, so that two channels stay side by side. */
  #laneBehind(): Lane | undefined {
    return this.#lanes
      .filter((lane) => lane.hasWork)
      .reduce<Lane | undefined>((a, b) => (a === undefined || b.decidedSample < a.decidedSample ? b : a), undefined);
  }

  #acceptEntry(entry: AudioEntry): void {
    this.#afterStreamId = entry.streamId;
    if (entry.kind === 'control') {
      for (const lane of this.#lanes) lane.mark(entry.control, entry.atSample);
      return;
    }
    for (const lane of this.#lanes) lane.append({ ...entry, channels: this.#lanes.length });
    this.#lag.audioArrived(entry.endSample);
  }

  #endWhenFinished(): void {
    if (this.#isEnding || !this.#lanes.every((lane) => lane.isFinished)) return;
    this.#isEnding = true;
    const { claimed, backbone } = this.#options;
    const audioSamples = Math.max(...this.#lanes.map((lane) => lane.decidedSample));
    const reason = this.#lanes[0]?.endReason ?? 'client_end';
    this.#outbox.end(async () => {
      const log = await backbone.readLog(this.sessionId, 0 as Seq);
      return (seq) => JSON.stringify(sessionEndedMessage({ ...claimed, log, audioSamples, reason }, seq));
    });
  }

  #outboxPorts() {
    const { backbone, after, listener } = this.#options;
    return {
      after,
      commit: backbone.commit.bind(backbone),
      isRetryable: isStorageAway,
      onFenced: () => listener.onFenced(),
      onRolledBack: () => listener.onRolledBack(),
      onEnded: () => listener.onEnded(),
      onFailed: (error: unknown) => this.#fail(error),
    };
  }

  #publish(message: ServerMessage): void {
    if (!this.#isStopped) this.#options.backbone.publish(this.sessionId, this.fence, JSON.stringify(message));
  }

  /** What goes wrong in one session must not reach its neighbours. An answer may let a lane go on that waited for it. */
  #guard(callback: () => void, isAnswer = false): void {
    if (this.#isStopped) return;
    try {
      callback();
      this.#endWhenFinished();
      if (isAnswer && this.#hasWork) this.#options.listener.onWork();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.stop();
    this.#options.listener.onFailed(error);
  }
}
