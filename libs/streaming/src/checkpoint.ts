import type { PolicyCheckpoint } from './policy-events.ts';
import type { PolicySettings } from './policy-settings.ts';
import { freshSearch } from './segmenting/quiet-place.ts';
import { earliestStartSample } from './segmenting/segmenter-state.ts';
import type { Boundary, OpenUtterance } from './segmenting/utterance.ts';
import type { Seam } from './text/stitching.ts';

/**
 * Writes down a boundary.
 *
 * Invariant: it holds no text (words are fingerprints) and no levels, so its JSON stays under 1 kB.
 */
export function checkpointAt(boundary: Boundary, seam: Seam | undefined, settings: PolicySettings): PolicyCheckpoint {
  const { decidedSample, flushesAtDecided, nextSegmentId, settledSample, open, isEnd } = boundary;
  return {
    version: 1,
    audioFromSample: open?.decodeFromSample ?? earliestStartSample(decidedSample, settledSample, settings),
    decidedSample,
    flushesAtDecided,
    nextSegmentId,
    policy: {
      settledSample,
      isEnd,
      ...(open && { open: openRecord(open) }),
      ...(seam && { seam: { tail: seam.tail, endsSentence: seam.endsSentence } }),
    },
  };
}

/** What a checkpoint says, checked. */
export interface Restored {
  readonly boundary: Boundary;
  readonly seam: Seam | undefined;
}

/**
 * Reads a checkpoint back.
 * @throws RangeError when it was not written by this version of the policy.
 */
export function readCheckpoint(checkpoint: PolicyCheckpoint): Restored {
  const { version, decidedSample, flushesAtDecided, nextSegmentId, policy } = checkpoint;
  if (version !== 1) throw new RangeError(`Checkpoint of version ${String(version)}; this policy reads version 1.`);
  const seam = policy['seam'];
  const open = policy['open'];
  return {
    boundary: {
      decidedSample: count(checkpoint, 'decidedSample', decidedSample),
      flushesAtDecided: count(checkpoint, 'flushesAtDecided', flushesAtDecided),
      nextSegmentId: count(checkpoint, 'nextSegmentId', nextSegmentId),
      settledSample: count(checkpoint, 'policy.settledSample', policy['settledSample']),
      open: open === undefined ? undefined : readOpen(checkpoint, open),
      isEnd: policy['isEnd'] === true,
    },
    seam: seam === undefined ? undefined : readSeam(seam),
  };
}

function openRecord(open: OpenUtterance): Readonly<Record<string, number>> {
  const { fromSample, decodeFromSample, lastSpeechSample, speechSamples } = open;
  return { fromSample, decodeFromSample, lastSpeechSample, speechSamples };
}

function readOpen(checkpoint: PolicyCheckpoint, value: unknown): OpenUtterance {
  const record = recordOf(value, 'policy.open');
  const field = (name: string): number => count(checkpoint, `policy.open.${name}`, record[name]);
  return {
    segmentId: checkpoint.nextSegmentId,
    fromSample: field('fromSample'),
    decodeFromSample: field('decodeFromSample'),
    isContinuation: true,
    speechFromSample: field('fromSample'),
    lastSpeechSample: field('lastSpeechSample'),
    speechSamples: field('speechSamples'),
    quiet: freshSearch,
  };
}

function readSeam(value: unknown): Seam {
  const { tail, endsSentence } = recordOf(value, 'policy.seam');
  const isTail = Array.isArray(tail) && tail.every((mark): mark is string => typeof mark === 'string');
  if (!isTail) throw new RangeError('Checkpoint field policy.seam.tail is not a list of words.');
  return { tail, endsSentence: endsSentence === true };
}

function recordOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new RangeError(`Checkpoint field ${name} is not a record.`);
  return value as Readonly<Record<string, unknown>>;
}

function count(checkpoint: PolicyCheckpoint, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new RangeError(`Checkpoint field ${name} of version ${checkpoint.version} is not a whole number from 0 on.`);
}
