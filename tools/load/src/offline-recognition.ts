import type { DetectorPool, WindowedRecognizer } from '@verbatim/recognizers';
import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import { voicedIntervals, type VoicedInterval } from './voiced-intervals.ts';

/** Whole-file decoding loops beyond 25–30 s, so longer files are cut at pauses. */
const LONGEST_WHOLE_SECONDS = 20;
const PAUSE_MS = 600;
const MARGIN_MS = 200;
/** The silence that the streaming policy puts around a decode too, so that both ask the model in the same way. */
const PAD_HEAD_SAMPLES = 0.1 * PIPELINE_SAMPLE_RATE_HZ;
const PAD_TAIL_SAMPLES = 0.3 * PIPELINE_SAMPLE_RATE_HZ;

/** What the same model makes of whole files, offline; of long ones in voice segments. */
export async function recognizeOffline(
  recognizer: WindowedRecognizer,
  pool: DetectorPool,
  samples: Float32Array,
): Promise<string> {
  if (samples.length <= LONGEST_WHOLE_SECONDS * PIPELINE_SAMPLE_RATE_HZ) return decode(recognizer, samples);
  return recognizeSegments(recognizer, pool, samples);
}

/**
 * What the same model makes of whole voice segments, offline, cut at the pauses that end an utterance in streaming too: the reference
 * for streaming. Whole files are a harder one: there the model hears across pauses, which no captions can wait for.
 */
export async function recognizeSegments(
  recognizer: WindowedRecognizer,
  pool: DetectorPool,
  samples: Float32Array,
): Promise<string> {
  const texts: string[] = [];
  for (const { fromMs, toMs } of joinedAcrossShortPauses(voicedIntervals(samples, pool))) {
    texts.push(await decode(recognizer, samples.subarray(toSample(fromMs - MARGIN_MS), toSample(toMs + MARGIN_MS))));
  }
  return texts.join(' ');
}

async function decode(recognizer: WindowedRecognizer, samples: Float32Array): Promise<string> {
  const padded = new Float32Array(PAD_HEAD_SAMPLES + samples.length + PAD_TAIL_SAMPLES);
  padded.set(samples, PAD_HEAD_SAMPLES);
  return (await recognizer.decode({ samples: padded, language: 'en' })).text;
}

function toSample(ms: number): number {
  return Math.max(0, Math.round((ms / 1000) * PIPELINE_SAMPLE_RATE_HZ));
}

function joinedAcrossShortPauses(intervals: readonly VoicedInterval[]): readonly VoicedInterval[] {
  const joined: VoicedInterval[] = [];
  for (const interval of intervals) {
    const last = joined.at(-1);
    if (last !== undefined && interval.fromMs - last.toMs < PAUSE_MS)
      joined[joined.length - 1] = { ...last, toMs: interval.toMs };
    else joined.push(interval);
  }
  return joined;
}
