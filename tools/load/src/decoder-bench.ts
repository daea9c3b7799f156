import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MEDIA_PIECE_BYTES, PIPELINE_SAMPLE_RATE_HZ, openMediaIntake, type MediaFormat } from '@verbatim/audio';
import type { GoalResult } from './goals.ts';

/** One sentence in every format, kept beside the decoders. */
const FORMATS: readonly (readonly [name: string, file: string])[] = [
  ['WAV, 16-bit, 16 kHz', 'speech.wav'],
  ['WAV, mu-law, 8 kHz', 'speech.ulaw.wav'],
  ['FLAC, 16 kHz', 'speech.flac'],
  ['MP3, 32 kbit/s, 16 kHz', 'speech.mp3'],
  ['MP3, 48 kbit/s, 44.1 kHz', 'speech-44k.mp3'],
  ['Ogg/Opus, 24 kbit/s', 'speech.opus.ogg'],
  ['Ogg/Vorbis, 32 kbit/s, 16 kHz', 'speech.vorbis.ogg'],
  ['Ogg/Vorbis, 44.1 kHz', 'speech-44k.vorbis.ogg'],
  ['WebM/Opus of a browser', 'speech.chromium.webm'],
];

const FORMAT: MediaFormat = { encoding: 'container', sampleRateHz: PIPELINE_SAMPLE_RATE_HZ, channels: 1 };

/** Enough that the first calls, which are compiled while they run, do not count. Units: seconds of audio. */
const WARM_UP_SECONDS = 15;
const MEASURED_SECONDS = 120;

/** No fixture is longer. Units: seconds. */
const LONGEST_SECONDS = 60;

const US_PER_MS = 1_000;

interface DecoderCost {
  readonly audioSeconds: number;
  readonly cpuMs: number;
  readonly openMs: number;
}

/** What each decoder costs: from a file's bytes to 16 kHz chunks, in this process and alone. */
export async function benchDecoders(
  fixtures: string,
): Promise<{ goals: GoalResult[]; costs: Record<string, DecoderCost> }> {
  const goals: GoalResult[] = [];
  const costs: Record<string, DecoderCost> = {};
  for (const [name, file] of FORMATS) {
    const bytes = new Uint8Array(await readFile(join(fixtures, file)));
    await decodeFor(bytes, WARM_UP_SECONDS);
    const cost = await decodeFor(bytes, MEASURED_SECONDS);
    costs[name] = cost;
    goals.push({
      what: `${name}: CPU ms per second of audio`,
      goal: '–',
      measured: `${(cost.cpuMs / cost.audioSeconds).toFixed(2)} ms`,
      isReached: undefined,
      samples: Math.round(cost.audioSeconds),
    });
  }
  return { goals, costs };
}

/** Decodes a file again and again, each time with a decoder of its own; opening it is counted apart. */
async function decodeFor(bytes: Uint8Array, seconds: number): Promise<DecoderCost> {
  let [audioSeconds, cpuMs, openMs, files] = [0, 0, 0, 0];
  while (audioSeconds < seconds) {
    const opening = performance.now();
    const intake = await openMediaIntake(FORMAT, { limits: { longestSeconds: LONGEST_SECONDS } });
    openMs += performance.now() - opening;
    const before = process.cpuUsage();
    let samples = 0;
    for (let at = 0; at < bytes.length; at += MEDIA_PIECE_BYTES) {
      samples = intake.accept(bytes.subarray(at, at + MEDIA_PIECE_BYTES)).at(-1)?.endSample ?? samples;
    }
    samples = intake.end().at(-1)?.endSample ?? samples;
    const { user, system } = process.cpuUsage(before);
    intake.free();
    cpuMs += (user + system) / US_PER_MS;
    audioSeconds += samples / PIPELINE_SAMPLE_RATE_HZ;
    files += 1;
  }
  return { audioSeconds, cpuMs, openMs: openMs / files };
}
