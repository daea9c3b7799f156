import { describe, expect, it } from '@jest/globals';
import { createRandom } from '@verbatim/testing';
import { createAudioSuspicion } from './audio-suspicion.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 } as const;
const WAV_HEAD = Buffer.from('RIFF\0\0\0\0WAVEfmt ');

describe('createAudioSuspicion', () => {
  it.each([1, 3, 11, 12, 16])('finds a WAV header cut into frames of %i bytes', (frameBytes) => {
    const suspicion = createAudioSuspicion(FORMAT, 0);
    const sendAll = () => {
      for (let at = 0; at < WAV_HEAD.length; at += frameBytes)
        suspicion.examine(WAV_HEAD.subarray(at, at + frameBytes));
    };
    expect(sendAll).toThrow(/announced as pcm_s16le and begins like a WAV file/);
  });

  it('accepts silence and noise', () => {
    const random = createRandom(7);
    for (let n = 0; n < 200; n += 1) {
      const suspicion = createAudioSuspicion(FORMAT, 0);
      expect(() => suspicion.examine(random.bytes(4096))).not.toThrow();
    }
    expect(() => createAudioSuspicion(FORMAT, 0).examine(Buffer.alloc(4096, 0xff))).not.toThrow();
  });

  it('stops looking after the head: later bytes may be anything', () => {
    const suspicion = createAudioSuspicion(FORMAT, 0);
    suspicion.examine(Buffer.alloc(4096));
    expect(() => suspicion.examine(WAV_HEAD)).not.toThrow();
  });
});
