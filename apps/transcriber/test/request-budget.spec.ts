import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHUNK_SAMPLES, readAudioFile, toPcm16 } from '@verbatim/audio';
import type { SessionId } from '@verbatim/protocol';
import {
  createLocalRecognizer,
  createSileroPool,
  type DecodeRequest,
  type DetectorPool,
  type Recognition,
  type WindowedRecognizer,
} from '@verbatim/recognizers';
import { recommendedOptions, type DecodeKind, type PolicyEffect } from '@verbatim/streaming';
import type { DecodeScheduler } from '../src/decoding/decode-scheduler.ts';
import type { RecognitionContext } from '../src/recognition/lane-recognition.ts';
import { createWindowedRecognition } from '../src/recognition/windowed-recognition.ts';
import { createLane, type Lane } from '../src/session/lane.ts';

const FIXTURES = new URL('../../../libs/recognizers/test/fixtures/', import.meta.url);
const SECOND_SAMPLES = 16_000;

let recognizer: WindowedRecognizer;
let detectors: DetectorPool;
let pcm: Buffer;

beforeAll(async () => {
  const { VERBATIM_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  const models = join(VERBATIM_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'verbatim'), 'models');
  const opened = await createLocalRecognizer({ modelFolder: join(models, 'moonshine-tiny-en') });
  if (!('decode' in opened)) throw new Error('Moonshine is windowed.');
  recognizer = opened;
  detectors = await createSileroPool({ modelPath: join(models, 'silero-vad', 'silero_vad_v6.onnx') });
  pcm = await spokenWithPauses(['boat', 'report', 'weather']);
}, 30_000);

afterAll(() => recognizer.close());

/** Three sentences, each with a second of silence behind it: whole frames of s16le. */
async function spokenWithPauses(names: readonly string[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const name of names) {
    const { samples } = await readAudioFile(await readFile(new URL(`${name}.flac`, FIXTURES)));
    parts.push(Buffer.from(toPcm16(samples[0] ?? new Float32Array(0))), Buffer.alloc(2 * SECOND_SAMPLES));
  }
  const all = Buffer.concat(parts);
  return all.subarray(0, all.length - (all.length % (2 * CHUNK_SAMPLES)));
}

interface Played {
  readonly requests: Readonly<Record<DecodeKind, number>>;
  /** Audio handed over, repeats included. Units: samples. */
  readonly sentSamples: number;
  readonly finals: readonly string[];
  /** What was told of the conversation with each request. */
  readonly precedingTexts: readonly (string | undefined)[];
}

/** Plays the recording to one lane, each request answered before the next frame. */
async function play(requestsPerAudioSecond: number, cadenceSeconds: number): Promise<Played> {
  const requests: Record<DecodeKind, number> = { interim: 0, speculative: 0, final: 0 };
  const asked: DecodeRequest[] = [];
  const finals: string[] = [];
  const underWay = new Set<Promise<void>>();
  const budgeted: WindowedRecognizer = {
    ...recognizer,
    capabilities: { ...recognizer.capabilities, requestsPerAudioSecond },
    decode(request) {
      asked.push(request);
      return recognizer.decode(request);
    },
  };
  const scheduler: Pick<DecodeScheduler<Recognition>, 'submit'> = {
    submit(job) {
      requests[job.kind] += 1;
      const answered = job.run(new AbortController().signal).then((answer) => {
        underWay.delete(answered);
        job.onDone(answer);
      });
      underWay.add(answered);
    },
  };
  const lane: Lane = createLane({
    channel: 0,
    policy: { ...recommendedOptions, interimCadenceSamples: cadenceSeconds * SECOND_SAMPLES },
    checkpoint: { policy: null, isFinished: false },
    detector: detectors.borrow(),
    perform: (_, effects) => effects.forEach(perform),
  });
  const context = {
    sessionId: 's' as SessionId,
    language: 'en',
    lane,
    bench: { scheduler },
    hedging: { hedgeAfterMs: 0 },
    staleAfterMs: 1_000,
    lag: { textAsked: () => () => undefined },
    guard: (callback: () => void) => callback(),
    onRecognized: () => undefined,
  };
  const recognition = createWindowedRecognition(budgeted, context as unknown as RecognitionContext);
  function perform(effect: PolicyEffect): void {
    if (effect.type === 'decode') recognition.decode(effect);
    if (effect.type !== 'emit_final') return;
    recognition.finalEmitted(effect.text);
    finals.push(effect.text);
  }
  for (let at = 0; at < pcm.length; at += 2 * CHUNK_SAMPLES) {
    const endSample = at / 2 + CHUNK_SAMPLES;
    lane.append({ pcm: pcm.subarray(at, 2 * endSample), endSample, channels: 1 });
    lane.work();
    while (underWay.size > 0) await Promise.all(underWay);
  }
  recognition.close();
  return {
    requests,
    finals,
    sentSamples: asked.reduce((sum, { samples }) => sum + samples.length, 0),
    precedingTexts: asked.map(({ precedingText }) => precedingText),
  };
}

describe('a recogniser that is paid for by the request', () => {
  it('is asked no more often than its budget says, and gives the same finals', async () => {
    const audioSeconds = pcm.length / 2 / SECOND_SAMPLES;
    const free = await play(0, 0.5);
    const freeRequests = free.requests.interim + free.requests.speculative;
    expect(freeRequests / audioSeconds).toBeGreaterThan(1);
    let sentSamples = free.sentSamples;
    for (const rate of [1, 0.5, 0.2]) {
      const bounded = await play(rate, 0.5);
      expect(bounded.finals).toEqual(free.finals);
      expect(bounded.requests.interim + bounded.requests.speculative).toBeLessThanOrEqual(rate * audioSeconds + 2);
      expect(bounded.sentSamples).toBeLessThan(sentSamples);
      sentSamples = bounded.sentSamples;
    }
  }, 60_000);

  it('is told with each utterance what was said before it', async () => {
    const { finals, precedingTexts } = await play(0.5, 0.5);
    expect(finals).toHaveLength(3);
    const [first, second] = finals;
    expect([...new Set(precedingTexts)]).toEqual(['', first, `${first} ${second}`]);
  }, 30_000);
});
