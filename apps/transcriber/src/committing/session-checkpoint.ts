import type { EndReason } from '@verbatim/protocol';
import type { PolicyCheckpoint } from '@verbatim/streaming';

/** What a session's next owner must know: one entry per channel. Written with every commit, plain JSON. */
export interface SessionCheckpoint {
  readonly v: 1;
  readonly lanes: readonly LaneCheckpoint[];
}

export interface LaneCheckpoint {
  /** `null` until the channel's first commit: it begins at sample 0. */
  readonly policy: PolicyCheckpoint | null;
  /** The channel's `end` is answered and all its finals are committed: nothing is left to read. */
  readonly isFinished: boolean;
  /** Which mark finished the channel; absent before. */
  readonly endReason?: EndReason;
}

const UNTOUCHED: LaneCheckpoint = { policy: null, isFinished: false };

/** Thrown for a checkpoint of another version: the session is left to a process that can read it. */
export class UnreadableCheckpointError extends Error {}

/**
 * Reads the checkpoint of a claimed session.
 * @throws UnreadableCheckpointError
 */
export function readCheckpoint(json: string | undefined, channels: number): SessionCheckpoint {
  if (json === undefined) return { v: 1, lanes: Array.from({ length: channels }, () => UNTOUCHED) };
  const checkpoint = JSON.parse(json) as SessionCheckpoint;
  if (checkpoint.v !== 1 || checkpoint.lanes.length !== channels) {
    throw new UnreadableCheckpointError('checkpoint was written by a version that this one does not understand');
  }
  return checkpoint;
}

/** Audio before this sample is not needed by any channel. */
export function releaseBeforeSample(checkpoint: SessionCheckpoint): number {
  return Math.min(...checkpoint.lanes.map((lane) => lane.policy?.audioFromSample ?? 0));
}
