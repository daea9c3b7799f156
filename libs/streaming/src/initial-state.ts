import { readCheckpoint, type Restored } from './checkpoint.ts';
import { freshInterim } from './decoding/interim-state.ts';
import type { PolicyCheckpoint } from './policy-events.ts';
import type { PolicyOptions } from './policy-options.ts';
import { settingsOf } from './policy-settings.ts';
import type { PolicyState } from './policy-state.ts';

const FRESH: Restored = {
  boundary: {
    decidedSample: 0,
    flushesAtDecided: 0,
    nextSegmentId: 0,
    settledSample: 0,
    open: undefined,
    isEnd: false,
  },
  seam: undefined,
};

/**
 * Makes the state before the first frame, or the one to replay from.
 *
 * A replay gives frames from `checkpoint.decidedSample` on, cut anew from there, with a freshly reset detector; marks of flushes
 * at exactly that position are skipped `checkpoint.flushesAtDecided` times. Audio is needed from `checkpoint.audioFromSample`.
 *
 * Invariant: with the same options the finals that follow are the ones that the crashed run would have given.
 * @throws RangeError for options no policy can work with, and for a checkpoint of another version.
 */
export function initialState(options: PolicyOptions, checkpoint?: PolicyCheckpoint): PolicyState {
  const settings = settingsOf(options);
  const { boundary, seam } = checkpoint === undefined ? FRESH : readCheckpoint(checkpoint);
  const { decidedSample, flushesAtDecided, settledSample, open, nextSegmentId, isEnd } = boundary;
  return {
    settings,
    segmenter: {
      decidedSample,
      windowEndSample: decidedSample,
      isSpeaking: false,
      resetSample: decidedSample,
      flushesAtDecided,
      settledSample,
      nextSegmentId: open === undefined ? nextSegmentId : nextSegmentId + 1,
      open,
    },
    interim: open && freshInterim(open),
    waiting: [],
    inFlight: undefined,
    nextRequestId: 1,
    seam,
    input: isEnd ? 'flushed' : 'open',
  };
}
