import { readFileSync } from 'node:fs';
import { readAudioFile } from '../src/index.ts';

/** A spoken sentence in one of the formats; see the folder's README. */
export function readFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}

/** The samples of a fixture, one array per channel. */
export async function fixtureSamples(name: string): Promise<readonly Float32Array[]> {
  return (await readAudioFile(readFixture(name))).samples;
}

/** How alike two sounds are at the same instants: 1 for the same sound. */
export function likeness(one: Float32Array, other: Float32Array): number {
  const sum = (a: Float32Array, b: Float32Array) =>
    a.reduce((total, sample, index) => total + sample * (b[index] ?? 0), 0);
  return sum(one, other) / Math.sqrt(sum(one, one) * sum(other, other));
}
