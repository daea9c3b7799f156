import { openGatewaySide } from '@verbatim/backbone';
import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import { startFleet, type Fleet } from '@verbatim/fleet';
import type { DetectorPool, WindowedRecognizer } from '@verbatim/recognizers';
import { measureCaptions } from './caption-metrics.ts';
import type { Utterance } from './corpus.ts';
import { atLeast, figure, type GoalResult } from './goals.ts';
import { cpuSecondsOf } from './process-usage.ts';
import { speakInRealTime } from './speech-run.ts';
import { percentile, sum } from './statistics.ts';
import { voicedIntervals } from './voiced-intervals.ts';

const SESSION_COUNTS = [4, 8, 12, 16, 20] as const;
const SPEECH_SECONDS = 30;
const PAUSE_SECONDS = 1;
/** Finals are on time while half of them come within this after the end of speech, endpointing (0.6 s) included … */
const ON_TIME_P50_SECONDS = 1.2;
/** … and nearly all within this. */
const ON_TIME_P95_SECONDS = 2;

interface CapacityStep {
  readonly sessions: number;
  readonly finalsP50Seconds: number;
  readonly finalsP95Seconds: number;
  readonly finals: number;
  readonly transcriberCpuPerAudioSecond: number;
  readonly bareCpuPerAudioSecond: number;
}

export interface CapacityBench {
  readonly goals: readonly GoalResult[];
  readonly steps: readonly CapacityStep[];
}

/** How many real-time sessions two cores keep up with, and what the house costs over the recogniser called in a loop. */
export async function benchCapacity(
  corpus: readonly Utterance[],
  engine: { readonly recognizer: WindowedRecognizer; readonly detectors: DetectorPool },
  log: (line: string) => void,
): Promise<CapacityBench> {
  const steps: CapacityStep[] = [];
  for (const sessions of SESSION_COUNTS) {
    const step = await measureStep(sessions, corpus, engine);
    steps.push(step);
    log(
      `  ${sessions} sessions: finals p50 ${step.finalsP50Seconds.toFixed(2)} s, p95 ${step.finalsP95Seconds.toFixed(2)} s`,
    );
    if (!isOnTime(step)) break;
  }
  return { goals: toGoals(steps), steps };
}

async function measureStep(
  sessions: number,
  corpus: readonly Utterance[],
  { recognizer, detectors }: { readonly recognizer: WindowedRecognizer; readonly detectors: DetectorPool },
): Promise<CapacityStep> {
  const fleet = await startFleet({ gateways: 1, transcribers: 1, providers: 'local' });
  try {
    const speech = Array.from({ length: sessions }, (_, index) => joinUtterances(corpus, index));
    const pid = fleet.transcribers[0]?.pid ?? 0;
    const cpuBefore = cpuSecondsOf(pid);
    const delays = await Promise.all(speech.map((samples) => finalDelaysOf(fleet, samples, detectors)));
    const cpuSeconds = cpuSecondsOf(pid) - cpuBefore;
    const audioSeconds = sum(speech.map((samples) => samples.length)) / PIPELINE_SAMPLE_RATE_HZ;
    const finals = delays.flat().map((ms) => ms / 1000);
    return {
      sessions,
      finals: finals.length,
      finalsP50Seconds: percentile(finals, 0.5),
      finalsP95Seconds: percentile(finals, 0.95),
      transcriberCpuPerAudioSecond: cpuSeconds / audioSeconds,
      bareCpuPerAudioSecond: (await repeatDecodesBare(fleet, recognizer, corpus)) / audioSeconds,
    };
  } finally {
    await fleet.stop();
  }
}

async function finalDelaysOf(fleet: Fleet, samples: Float32Array, detectors: DetectorPool): Promise<readonly number[]> {
  const { messages } = await speakInRealTime(fleet.gateways[0]?.url ?? '', samples, { buffer_ms: 500 });
  return measureCaptions(messages, voicedIntervals(samples, detectors)).finalAfterSpeechMs;
}

/** CPU-seconds of as many bare decodes, as long on average, as the transcriber says it made. */
async function repeatDecodesBare(
  fleet: Fleet,
  recognizer: WindowedRecognizer,
  corpus: readonly Utterance[],
): Promise<number> {
  const side = await openGatewaySide({ redisUrl: fleet.redis.url });
  const stats = await side.readStats(60);
  await side.close();
  const requests = stats['requests:local'] ?? 0;
  const windowSamples = Math.round((stats['decoded_samples:local'] ?? 0) / requests);
  const speech = joinUtterances(corpus, 0);
  const cpuBefore = process.cpuUsage();
  for (let request = 0; request < requests; request += 1) {
    const from = (request * 7919) % Math.max(1, speech.length - windowSamples);
    await recognizer.decode({ samples: speech.subarray(from, from + windowSamples), language: 'en' });
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return (user + system) / 1e6;
}

/** About {@link SPEECH_SECONDS} of speech with pauses, each session beginning with another sentence. */
function joinUtterances(corpus: readonly Utterance[], first: number): Float32Array {
  const parts: Float32Array[] = [];
  let samples = 0;
  for (let index = first; samples < SPEECH_SECONDS * PIPELINE_SAMPLE_RATE_HZ; index += 1) {
    const speech = corpus[index % corpus.length]?.samples ?? new Float32Array();
    const padded = new Float32Array(speech.length + PAUSE_SECONDS * PIPELINE_SAMPLE_RATE_HZ);
    padded.set(speech);
    parts.push(padded);
    samples += padded.length;
  }
  const joined = new Float32Array(samples);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function isOnTime({ finalsP50Seconds, finalsP95Seconds }: CapacityStep): boolean {
  return finalsP50Seconds <= ON_TIME_P50_SECONDS && finalsP95Seconds <= ON_TIME_P95_SECONDS;
}

function toGoals(steps: readonly CapacityStep[]): readonly GoalResult[] {
  const kept = steps.filter(isOnTime).at(-1);
  const first = steps[0];
  if (first === undefined) return [];
  return [
    ...steps.map((step) =>
      figure(
        `${step.sessions} real-time sessions on this machine: finals after speech p50 / p95; CPU-s per s`,
        `${step.finalsP50Seconds.toFixed(2)} / ${step.finalsP95Seconds.toFixed(2)} s; ${step.transcriberCpuPerAudioSecond.toFixed(3)}`,
        { unit: '', samples: step.finals },
      ),
    ),
    figure('real-time sessions that keep up on this machine', kept?.sessions ?? 0, {
      unit: '',
      samples: kept?.finals ?? 0,
    }),
    atLeast(
      `bare recogniser CPU ÷ transcriber CPU for the same decodes, ${first.sessions} sessions`,
      0.9,
      first.bareCpuPerAudioSecond / first.transcriberCpuPerAudioSecond,
      { unit: '', samples: first.finals },
    ),
    ...(kept === undefined || kept === first
      ? []
      : [
          atLeast(
            `… at ${kept.sessions} sessions`,
            0.9,
            kept.bareCpuPerAudioSecond / kept.transcriberCpuPerAudioSecond,
            { unit: '', samples: kept.finals },
          ),
        ]),
  ];
}
