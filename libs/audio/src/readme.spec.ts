import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  createAudioIntake,
  createFramer,
  fromPcm16,
  levelsDbfs,
  readAudioFile,
  toInterleavedPcm16,
  toPcm16,
} from './index.ts';

/** 0.25 s of a full-scale square wave at 48 kHz, as a WAV file. */
function squareWav(): Uint8Array {
  const pcm = toPcm16(Float32Array.from({ length: 12_000 }, (_, index) => (index % 96 < 48 ? 0.5 : -0.5)));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(48_000, 24);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([header, pcm]);
}

async function example(wavBytes: Uint8Array) {
  // README
  const { samples, sampleRateHz } = await readAudioFile(wavBytes);
  const intake = await createAudioIntake({ encoding: 'pcm_s16le', sampleRateHz, channels: samples.length });
  const chunks = [...intake.accept(toInterleavedPcm16(samples))];
  const rest = intake.flush();
  if (rest !== undefined) chunks.push(rest);
  const framer = createFramer();
  const frames = chunks.flatMap(({ pcm }) => framer.push(fromPcm16(pcm, 0, samples.length)));
  const levels = frames.flatMap((frame) => levelsDbfs(frame.samples));
  // end of README
  return { chunks, levels };
}

describe('the example of the README', () => {
  it('stands there as it is run here', () => {
    const spec = readFileSync(new URL(import.meta.url), 'utf8');
    const shown = /```ts\n([^]*?)```/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1];
    const run = / {2}\/\/ README\n([^]*?) {2}\/\/ end of README/.exec(spec)?.[1];
    expect(shown).toBe(run?.replaceAll(/^ {2}/gm, ''));
  });

  it('turns a file into chunks and measures them', async () => {
    const { chunks, levels } = await example(squareWav());
    expect(chunks.map(({ endSample }) => endSample)).toEqual([1600, 3200, 4000]);
    expect(levels).toHaveLength(10);
    expect(levels[4]).toBeCloseTo(-6, 0);
  });
});
