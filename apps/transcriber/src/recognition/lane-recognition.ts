import type { SessionId } from '@verbatim/protocol';
import type { PolicyEffect, PolicyEvent } from '@verbatim/streaming';
import type { HedgingOptions } from '../failover/hedged-decodes.ts';
import type { FailedCall } from '../failover/session-failover.ts';
import type { LagMeter } from '../session/lag-meter.ts';
import type { ProviderBench } from '../session/session-options.ts';

export type DecodeEffect = Extract<PolicyEffect, { type: 'decode' }>;
export type StartUtterance = Extract<PolicyEffect, { type: 'start_utterance' }>;
export type FinishUtterance = Extract<PolicyEffect, { type: 'finish_utterance' }>;

/** How one channel's wishes reach a recogniser; windowed and streaming ones hear different wishes. */
export interface LaneRecognition {
  decode(effect: DecodeEffect): void;
  startUtterance(effect: StartUtterance): void;
  finishUtterance(effect: FinishUtterance): void;
  /** A final of this channel is out. */
  finalEmitted(text: string): void;
  /** Audio up to here was decided. */
  advance(endSample: number): void;
  close(): void;
}

/** What a lane offers to its recognition. */
export interface RecognizedLane {
  readonly channel: number;
  copyAudio(range: {
    readonly fromSample: number;
    readonly toSample: number;
    readonly padHeadSamples?: number;
    readonly padTailSamples?: number;
  }): Float32Array;
  hold(fromSample: number): () => void;
  dispatch(event: PolicyEvent): void;
}

export interface RecognitionContext {
  readonly sessionId: SessionId;
  /** BCP-47 or `auto`. */
  readonly language: string;
  readonly lane: RecognizedLane;
  /** The session's recogniser. */
  readonly bench: ProviderBench;
  readonly hedging: HedgingOptions;
  readonly lag: LagMeter;
  /** An interim that waited longer is dropped. Units: milliseconds. */
  readonly staleAfterMs: number;
  /** Runs a callback so that what it throws ends this session only; does nothing once the session is stopped. */
  readonly guard: (callback: () => void) => void;
  /** The recogniser answered. */
  readonly onRecognized: () => void;
  /** See `DecodeJob.onFailing`: after how long to ask again, or `undefined` when there is nothing more to do. */
  readonly onFailing: (error: unknown, call: FailedCall) => number | undefined;
  /** A defect. */
  readonly onFailed: (error: unknown) => void;
}
