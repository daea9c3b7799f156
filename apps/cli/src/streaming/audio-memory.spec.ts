import { describe, expect, it } from '@jest/globals';
import { audioMemory } from './audio-memory.ts';

const format = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 } as const;
const recording = { kind: 'recording', format, bytes: new Uint8Array(64_000) } as const;
const live = { kind: 'live', format, bytes: (async function* () {})() } as const;

describe('audioMemory', () => {
  it('is the whole recording when it goes out faster than it was spoken', () => {
    expect(audioMemory(recording, { isFast: true })).toEqual({ keepMs: 2_000, mostUnacknowledgedMs: 60_000 });
  });

  it('is what the stream keeps anyway otherwise', () => {
    expect(audioMemory(recording, { isFast: false })).toEqual({});
    expect(audioMemory(live, { isFast: true })).toEqual({});
  });
});
