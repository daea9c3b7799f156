import { describe, expect, it } from '@jest/globals';
import type { MediaFormat } from '@verbatim/audio';
import fc from 'fast-check';
import { fixture } from '../../test/support/fixtures.ts';
import { decodeState, encodeState, INITIAL_STATE, type DecoderState } from './decoder-state.ts';
import { decodeHere } from './in-process-decoding.fixture.ts';
import { UploadBuffer } from './upload-buffer.ts';
import { UploadDecoder, type StoredChunk, type UploadDecoderParts } from './upload-decoder.ts';

const CONTAINER: MediaFormat = { encoding: 'container', sampleRateHz: 16_000, channels: 1 };

function kindOf({ encoding }: MediaFormat): UploadDecoderParts['kind'] {
  return encoding === 'container' || encoding === 'opus' ? encoding : 'raw';
}

/** Decodes uploads as many replicas would: each knows only the state that the record holds. */
async function decodeUploads(format: MediaFormat, uploads: readonly Uint8Array[]): Promise<StoredChunk[]> {
  let stored = encodeState(INITIAL_STATE);
  const chunks: StoredChunk[] = [];
  for (const [index, bytes] of uploads.entries()) {
    const buffer = new UploadBuffer();
    buffer.push(bytes);
    const before: DecoderState = decodeState(stored);
    const decoder = new UploadDecoder({ kind: kindOf(format), open: (start) => decodeHere(format, start) }, before);
    for await (const some of decoder.decode(buffer.finish(), index === uploads.length - 1)) chunks.push(...some);
    stored = encodeState(decoder.state);
    decoder.close();
  }
  return chunks;
}

/** Checks that nothing is missing or doubled, and gives the sound. */
function soundOf(chunks: readonly StoredChunk[], channels = 1): Buffer {
  let sample = 0;
  for (const { endSample, pcm } of chunks) {
    expect(endSample - pcm.length / 2 / channels).toBe(sample);
    sample = endSample;
  }
  return Buffer.concat(chunks.map(({ pcm }) => pcm));
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((place, index) => bytes.subarray(at[index], place));
}

/** Greatest difference of two sounds, of 1. */
function distance(a: Buffer, b: Buffer): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let at = 0; at < a.length; at += 2) most = Math.max(most, Math.abs(a.readInt16LE(at) - b.readInt16LE(at)));
  return most / 32_768;
}

const cuts = fc.array(fc.nat(), { minLength: 1, maxLength: 6 });

describe.each([
  ['speech.wav', 0],
  ['speech.flac', 0],
  ['speech.ulaw.wav', 0],
  ['speech.mp3', 0.01],
  ['speech.opus.ogg', 0.01],
  ['speech.vorbis.ogg', 0.01],
  ['speech.webm', 0.01],
])('%s in uploads cut anywhere, each decoded by another replica', (name, tolerance) => {
  it('gives the sound of the whole file, without a sample missing or doubled', async () => {
    const file = fixture(name);
    const whole = soundOf(await decodeUploads(CONTAINER, [file]));
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        expect(distance(soundOf(await decodeUploads(CONTAINER, cut(file, places))), whole)).toBeLessThanOrEqual(
          tolerance,
        );
      }),
      { numRuns: 4 },
    );
  });
});

describe.each<[string, MediaFormat]>([
  ['16 kHz samples', { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 }],
  ['two channels of 44.1 kHz', { encoding: 'pcm_s16le', sampleRateHz: 44_100, channels: 2 }],
  ['8 kHz mu-law', { encoding: 'mulaw', sampleRateHz: 8000, channels: 1 }],
])('raw %s in uploads cut anywhere', (_name, format) => {
  it('give exactly the samples of one upload', async () => {
    const bytes = fixture('speech.wav').subarray(44, 44 + 60_000);
    const whole = soundOf(await decodeUploads(format, [bytes]), format.channels);
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const sound = soundOf(await decodeUploads(format, cut(bytes, places)), format.channels);
        expect(sound.equals(whole)).toBe(true);
      }),
      { numRuns: 4 },
    );
  });
});

describe('a client that sends a file with every chunk', () => {
  it('gets them one behind the other on one timeline', async () => {
    const [a, b] = [fixture('speech.wav'), fixture('speech.flac')];
    const [soundA, soundB] = [
      soundOf(await decodeUploads(CONTAINER, [a])),
      soundOf(await decodeUploads(CONTAINER, [b])),
    ];
    const sound = soundOf(await decodeUploads(CONTAINER, [a, b, a, ...cut(b, [5000])]));
    expect(sound.equals(Buffer.concat([soundA, soundB, soundA, soundB]))).toBe(true);
  });

  it('is told when a chunk that should begin a file does not', async () => {
    const state: DecoderState = { ...INITIAL_STATE, isFinished: true };
    const decoder = new UploadDecoder({ kind: 'container', open: (start) => decodeHere(CONTAINER, start) }, state);
    const buffer = new UploadBuffer();
    buffer.push(new Uint8Array(100));
    await expect(decoder.decode(buffer.finish(), false).next()).rejects.toMatchObject({ code: 'audio_undecodable' });
  });
});
