import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { DetectorPool, WindowedRecognizer } from '@verbatim/recognizers';
import type { Fleet } from '@verbatim/fleet';
import { measureCaptions, type CaptionMetrics } from './caption-metrics.ts';
import type { Utterance } from './corpus.ts';
import { atMost, figure, type GoalResult } from './goals.ts';
import { recognizeOffline, recognizeSegments } from './offline-recognition.ts';
import { speakInRealTime } from './speech-run.ts';
import { percentile, sum } from './statistics.ts';
import { voicedIntervals } from './voiced-intervals.ts';
import { alignWords, comparableWords } from './word-alignment.ts';

const CADENCE_MS = 500;
const ENDPOINTING_MS = 600;
/** So that the last final comes by the endpoint and not by `end`. */
const TRAILING_SILENCE_SECONDS = 1.5;

interface FileResult {
  readonly name: string;
  readonly referenceWords: number;
  /** Whole files. */
  readonly offlineErrors: number;
  /** Whole voice segments. */
  readonly segmentErrors: number;
  readonly streamingErrors: number;
  readonly offlineText: string;
  readonly segmentText: string;
  readonly captions: CaptionMetrics;
}

export interface AccuracyBench {
  readonly goals: readonly GoalResult[];
  readonly files: readonly FileResult[];
}

/** Streams every utterance alone, at real-time pace, and holds text and times against the same model offline. */
export async function benchAccuracy(
  fleet: Fleet,
  corpus: readonly Utterance[],
  engine: { readonly recognizer: WindowedRecognizer; readonly detectors: DetectorPool },
  log: (line: string) => void,
): Promise<AccuracyBench> {
  const files: FileResult[] = [];
  for (const utterance of corpus) {
    const file = await benchUtterance(fleet.gateways[0]?.url ?? '', utterance, engine);
    files.push(file);
    log(
      `  ${file.name}: ${file.streamingErrors} of ${file.referenceWords} words wrong, offline ${file.segmentErrors} (whole file ${file.offlineErrors})`,
    );
  }
  return { goals: toGoals(files), files };
}

async function benchUtterance(
  url: string,
  { name, samples, reference }: Utterance,
  { recognizer, detectors }: { readonly recognizer: WindowedRecognizer; readonly detectors: DetectorPool },
): Promise<FileResult> {
  const padded = new Float32Array(samples.length + TRAILING_SILENCE_SECONDS * PIPELINE_SAMPLE_RATE_HZ);
  padded.set(samples);
  const offlineText = await recognizeOffline(recognizer, detectors, samples);
  const segmentText = await recognizeSegments(recognizer, detectors, samples);
  const { messages } = await speakInRealTime(url, padded, { buffer_ms: CADENCE_MS, endpointing_ms: ENDPOINTING_MS });
  const captions = measureCaptions(messages, voicedIntervals(padded, detectors));
  const expected = comparableWords(reference);
  return {
    name,
    referenceWords: expected.length,
    offlineErrors: alignWords(comparableWords(offlineText), expected).distance,
    segmentErrors: alignWords(comparableWords(segmentText), expected).distance,
    streamingErrors: alignWords(comparableWords(captions.text), expected).distance,
    offlineText,
    segmentText,
    captions,
  };
}

function toGoals(files: readonly FileResult[]): readonly GoalResult[] {
  const words = sum(files.map(({ referenceWords }) => referenceWords));
  const offline = sum(files.map(({ offlineErrors }) => offlineErrors)) / words;
  const segments = sum(files.map(({ segmentErrors }) => segmentErrors)) / words;
  const streaming = sum(files.map(({ streamingErrors }) => streamingErrors)) / words;
  const shown = files.flatMap(({ captions }) => captions.shownAfterMs).map((ms) => ms / 1000);
  const stable = files.flatMap(({ captions }) => captions.stableAfterMs).map((ms) => ms / 1000);
  const finals = files.flatMap(({ captions }) => captions.finalAfterSpeechMs).map((ms) => ms / 1000);
  const firsts = files.flatMap(({ captions }) => captions.firstInterimAfterMs ?? []).map((ms) => ms / 1000);
  const finalWords = sum(files.map(({ captions }) => captions.finalWords));
  const per100 = (changes: (of: CaptionMetrics) => number): number =>
    (100 * sum(files.map(({ captions }) => changes(captions)))) / finalWords;
  const endpointing = ENDPOINTING_MS / 1000;
  return [
    figure('WER offline, same model, whole files', 100 * offline, { unit: ' %', samples: words }),
    figure('WER offline, same model, voice segments decoded whole', 100 * segments, { unit: ' %', samples: words }),
    figure('WER streaming', 100 * streaming, { unit: ' %', samples: words }),
    atMost('WER streaming ÷ offline voice segments', 1.05, streaming / segments, { unit: '', samples: words }),
    figure('WER streaming ÷ offline whole files', streaming / offline, { unit: '', samples: words }),
    atMost(
      'words of interims later changed, per 100',
      6,
      per100((of) => of.changedWords),
      { unit: '', samples: finalWords },
    ),
    atMost(
      '… inside stable_chars',
      1,
      per100((of) => of.changedStableWords),
      { unit: '', samples: finalWords },
    ),
    atMost('word first shown after it was spoken, p50 (estimated word ends)', 0.5, percentile(shown, 0.5), {
      unit: ' s',
      samples: shown.length,
    }),
    atMost('word first shown, p95', 1, percentile(shown, 0.95), { unit: ' s', samples: shown.length }),
    atMost('word stable, p50', 1, percentile(stable, 0.5), { unit: ' s', samples: stable.length }),
    atMost('word stable, p95', 1.6, percentile(stable, 0.95), { unit: ' s', samples: stable.length }),
    atMost('final after the end of speech, p50', endpointing + 0.2, percentile(finals, 0.5), {
      unit: ' s',
      samples: finals.length,
    }),
    atMost('final after the end of speech, p95', endpointing + 0.35, percentile(finals, 0.95), {
      unit: ' s',
      samples: finals.length,
    }),
    atMost('processing starts after the first speech (first text), p95', 1, percentile(firsts, 0.95), {
      unit: ' s',
      samples: firsts.length,
    }),
  ];
}
