import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { DetectorPool } from '@verbatim/recognizers';

/** A stretch of speech. Units: milliseconds. */
export interface VoicedInterval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where somebody speaks in the samples, by the detector, its lag taken off. */
export function voicedIntervals(samples: Float32Array, pool: DetectorPool): readonly VoicedInterval[] {
  const detector = pool.borrow();
  const toMs = (sample: number): number => (Math.max(0, sample - pool.lagSamples) / PIPELINE_SAMPLE_RATE_HZ) * 1000;
  const intervals: VoicedInterval[] = [];
  let fromSample: number | undefined;
  const close = (endSample: number): void => {
    if (fromSample !== undefined) intervals.push({ fromMs: toMs(fromSample), toMs: toMs(endSample) });
    fromSample = undefined;
  };
  let end = 0;
  for (; end + pool.windowSamples <= samples.length; end += pool.windowSamples) {
    const isSpeech = detector.accept(samples.subarray(end, end + pool.windowSamples));
    if (isSpeech) fromSample ??= end;
    else close(end);
  }
  close(end);
  pool.giveBack(detector);
  return intervals;
}

/**
 * Estimates when each word was spoken to its end: the words' characters spread evenly over the voiced time of the range.
 * An estimate, not a measurement: on read speech it is right to about 0.2 s.
 */
export function estimateWordEndsMs(
  words: readonly string[],
  voiced: readonly VoicedInterval[],
  range: VoicedInterval,
): readonly number[] {
  const inside = voiced
    .map(({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, range.fromMs), toMs: Math.min(toMs, range.toMs) }))
    .filter(({ fromMs, toMs }) => toMs > fromMs);
  const intervals = inside.length > 0 ? inside : [range];
  const voicedMs = intervals.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0);
  const characters = words.reduce((total, word) => total + word.length, 0);
  let spoken = 0;
  return words.map((word) => {
    spoken += word.length;
    return positionInside(intervals, (spoken / characters) * voicedMs);
  });
}

function positionInside(intervals: readonly VoicedInterval[], voicedMs: number): number {
  let leftMs = voicedMs;
  for (const { fromMs, toMs } of intervals) {
    if (leftMs <= toMs - fromMs) return fromMs + leftMs;
    leftMs -= toMs - fromMs;
  }
  return intervals.at(-1)?.toMs ?? voicedMs;
}
