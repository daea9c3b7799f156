import type { Fleet } from '@verbatim/fleet';
import type { SeededRandom } from '@verbatim/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd, type Crowd } from '../harness/crowd.ts';
import { startEmulatedProviders, type EmulatedProviders } from '../harness/emulated-providers.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import type { Figure, Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 4, rotations: 4 }, full: { sessions: 10, rotations: 100 } };

/** Google's five minutes, shortened. */
const STREAM_LIMIT_SECONDS = 5;

/** Who ends a stream: we, a little before the limit as 285 s are before 300, or Google at the limit, which we do not know of. */
const ENDED_BY = [
  { who: 'us', rotateMs: 4000 },
  { who: 'Google', rotateMs: 285_000 },
] as const;

/** Twelve seconds of speech without a pause: each utterance needs three streams. */
const PAUSE_EVERY_FRAMES = 120;
/** 100 ms at 16 kHz. */
const SAMPLES_PER_FRAME = 1600;

const LOOK_EVERY_MS = 200;
/** Fifty rotations take half a minute; longer means that none come. */
const WITHIN_MS = 200_000;

/** Streams of Google's that end in the middle of speech, again and again: half of them by us in time, half by Google at its limit. */
export const googleRotation: Scenario = {
  name: 'google-rotation',
  goal: '100 changes of stream in mid-speech behind Google’s interface: 0 words lost, doubled or changed',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, rotations } = SIZES[scale];
    const providers = await startEmulatedProviders({ random, streamLimitSeconds: STREAM_LIMIT_SECONDS });
    try {
      const fleet = await openFleet({ ...providers.fleet, transcribers: 0 });
      const phases: Phase[] = [];
      for (const { who, rotateMs } of ENDED_BY) {
        const wanted = rotations / ENDED_BY.length;
        phases.push(await rotate({ fleet, providers, random, sessions, wanted, who, rotateMs }));
        say(`${wanted} streams ended by ${who}`);
      }
      const words = phases.reduce((sum, phase) => sum + phase.words, 0);
      return {
        figures: [wordsFigure(words, sessions * ENDED_BY.length), ...phases.flatMap((phase) => phase.figures)],
        violations: phases.flatMap((phase) => phase.violations),
      };
    } finally {
      await providers.stop();
    }
  },
};

interface PhaseOptions {
  readonly fleet: Fleet;
  readonly providers: EmulatedProviders;
  readonly random: SeededRandom;
  readonly sessions: number;
  /** Changes of stream. */
  readonly wanted: number;
  readonly who: string;
  readonly rotateMs: number;
}

interface Phase {
  readonly words: number;
  readonly figures: readonly Figure[];
  readonly violations: readonly string[];
}

/** One crowd at a transcriber that changes its streams after `rotateMs`. */
async function rotate({ fleet, providers, random, sessions, ...phase }: PhaseOptions): Promise<Phase> {
  const { google } = providers.emulators;
  const transcriber = await fleet.startTranscriber({ STT_GOOGLE_ROTATE_MS: String(phase.rotateMs) });
  const before = { requests: google.requests, audioSamples: google.audioSamples };
  const config = { provider: 'google' } as const;
  const crowd = await startCrowd({ fleet, random, size: sessions, config, pauseEveryFrames: PAUSE_EVERY_FRAMES });
  const rotated = () => google.requests - before.requests - utterancesBegun(crowd);
  const startedMs = performance.now();
  while (rotated() < phase.wanted && performance.now() < startedMs + WITHIN_MS) await sleep(LOOK_EVERY_MS);
  const made = rotated();
  const delays = crowd.members.flatMap(({ signs }) => signs.wordDelays(startedMs, performance.now()));
  const result = await crowd.finish();
  await transcriber.stop();
  const spokenSamples = SAMPLES_PER_FRAME * result.words;
  const figures = [
    { ...countFigure(`streams ended by ${phase.who} in mid-speech`, made), atLeast: phase.wanted },
    {
      ...{ what: `ended by ${phase.who}: audio sent beside audio spoken`, unit: '×', samples: result.words },
      value: Math.round((100 * (google.audioSamples - before.audioSamples)) / spokenSamples) / 100,
    },
    ...timeFigures(`ended by ${phase.who}: from a word to its text`, delays),
  ];
  return { words: result.words, figures, violations: result.violations };
}

/** Each utterance begins with one stream that is no change. */
function utterancesBegun(crowd: Crowd): number {
  return crowd.members.reduce((sum, { call }) => sum + Math.ceil((call.spokenFrames() + 1) / PAUSE_EVERY_FRAMES), 0);
}
