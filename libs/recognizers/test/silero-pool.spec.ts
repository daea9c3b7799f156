import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createSileroPool, RecognizerError, type VoiceActivityDetector } from '../src/index.ts';
import { sileroModelPath, spoken } from './cached-models.ts';

const WINDOW_SAMPLES = 512;
const SECOND_WINDOWS = 31;
/** The memory of an hour may differ by this much: the allocator, not us. Units: bytes. */
const MEMORY_SLACK_BYTES = 20e6;

function decide(detector: VoiceActivityDetector, samples: Float32Array): string {
  let decisions = '';
  for (let at = 0; at + WINDOW_SAMPLES <= samples.length; at += WINDOW_SAMPLES) {
    decisions += detector.accept(samples.subarray(at, at + WINDOW_SAMPLES)) ? '#' : '.';
  }
  return decisions;
}

/** Speech between silences, one second each side. */
async function utterance(name: 'boat' | 'weather'): Promise<Float32Array> {
  const speech = await spoken(name);
  const samples = new Float32Array(speech.length + 32_000);
  samples.set(speech, 16_000);
  return samples;
}

describe('the Silero pool', () => {
  it('hears where speech begins and ends', async () => {
    const detector = (await createSileroPool({ modelPath: sileroModelPath() })).borrow();
    const decisions = decide(detector, await utterance('boat'));

    expect(decisions.slice(0, SECOND_WINDOWS)).not.toContain('#');
    expect(decisions.slice(-SECOND_WINDOWS + 10)).not.toContain('#');
    expect([...decisions].filter((each) => each === '#').length).toBeGreaterThan(2 * SECOND_WINDOWS);
  });

  it('reports speech within its lag', async () => {
    const pool = await createSileroPool({ modelPath: sileroModelPath() });
    const decisions = decide(pool.borrow(), await utterance('boat'));

    const beginsAtWindow = decisions.indexOf('#');
    const heardSample = (beginsAtWindow + 1) * WINDOW_SAMPLES;
    expect(pool.lagSamples).toBe(1536);
    expect(heardSample - pool.lagSamples).toBeLessThan(16_000 + 0.25 * 16_000);
    expect(heardSample - pool.lagSamples).toBeGreaterThan(16_000 - 0.05 * 16_000);
  });

  it('gives the same decisions for the same audio after a reset, whatever was heard before', async () => {
    const audio = await utterance('weather');
    const before = await utterance('boat');
    for (const threshold of [0.1, 0.4, 0.9]) {
      const pool = await createSileroPool({ modelPath: sileroModelPath(), threshold });
      const expected = decide(pool.borrow(), audio);
      const used = pool.borrow();
      for (const cutSample of [300 * WINDOW_SAMPLES, 40_000, 30_011]) {
        decide(used, before.subarray(0, cutSample));
        used.reset();
        expect(decide(used, audio)).toBe(expected);
      }
    }
  });

  it('lends a returned detector again as good as new, and takes it back once only', async () => {
    const pool = await createSileroPool({ modelPath: sileroModelPath() });
    const audio = await utterance('boat');
    const first = pool.borrow();
    const expected = decide(first, audio);
    // Given back in the middle of a word.
    decide(first, audio.subarray(0, 40_000));
    pool.giveBack(first);
    pool.giveBack(first);

    const second = pool.borrow();
    expect(second).toBe(first);
    expect(pool.borrow()).not.toBe(first);
    expect(decide(second, audio)).toBe(expected);
  });

  it('decides the same through speech without a pause, longer than its buffer', async () => {
    const speech = (await spoken('boat')).subarray(4000, 52_000);
    const long = new Float32Array(speech.length * 8);
    for (let turn = 0; turn < 8; turn++) long.set(speech, turn * speech.length);
    const pool = await createSileroPool({ modelPath: sileroModelPath(), threshold: 0.02 });
    const decisions = decide(pool.borrow(), long);

    // No pause is heard at this threshold; the flush inside must not make one.
    expect(decisions.slice(decisions.indexOf('#'))).not.toContain('.');
  });

  it('keeps its memory flat over an hour of speech, with and without pauses', async () => {
    const detector = (await createSileroPool({ modelPath: sileroModelPath(), threshold: 0.3 })).borrow();
    const turn = await utterance('boat');
    const turns = Math.floor((3600 * 16_000) / turn.length / 2);
    for (let count = 0; count < turns / 10; count++) decide(detector, turn);
    const warmBytes = process.memoryUsage().rss;
    const speech = turn.subarray(20_000, 60_000);
    for (let count = 0; count < turns; count++) decide(detector, turn);
    for (let count = 0; count < (1800 * 16_000) / speech.length; count++) decide(detector, speech);

    expect(process.memoryUsage().rss - warmBytes).toBeLessThan(MEMORY_SLACK_BYTES);
  }, 120_000);

  it('refuses a missing or truncated model instead of letting the native code end the process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verbatim-vad-'));
    const path = join(folder, 'vad.onnx');
    try {
      await expect(createSileroPool({ modelPath: path })).rejects.toThrow(/vad\.onnx is missing.*npm run setup/);
      await writeFile(path, Buffer.alloc(1000, 0x3a));
      await expect(createSileroPool({ modelPath: path })).rejects.toThrow(RecognizerError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
