import { describe, expect, it } from '@jest/globals';
import { CommandFailure } from '../exit-codes.ts';
import { toStreamRequest, type StreamOptions } from './stream-options.ts';

const URL_USED = 'ws://127.0.0.1:8080';

const read = (file: string, options: Partial<StreamOptions> = {}) =>
  toStreamRequest(file, { interim: true, ...options }, URL_USED);

function refusal(options: Partial<StreamOptions>): string {
  try {
    read('a.wav', options);
  } catch (error) {
    if (error instanceof CommandFailure && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('toStreamRequest', () => {
  it('lets a file say its own format', () => {
    expect(read('a.wav').origin).toMatchObject({ kind: 'file', raw: undefined });
  });

  it('takes a file as raw audio once one property of raw audio is given', () => {
    const raw = { encoding: 'pcm_s16le', sampleRateHz: 8000, channels: 1 };
    expect(read('a.raw', { sampleRate: '8000' }).origin).toMatchObject({ kind: 'file', raw });
  });

  it('takes standard input as 16 kHz mono unless told otherwise', () => {
    const raw = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 };
    expect(read('-').origin).toEqual({ kind: 'standard input', raw });
  });

  it('hands the session options on', () => {
    const { config } = read('a.wav', {
      language: 'fr',
      bufferMs: '500',
      endpointingMs: '400',
      interim: false,
      words: true,
    });
    expect(config).toMatchObject({
      language: 'fr',
      buffer_ms: 500,
      endpointing_ms: 400,
      interim_results: false,
      words: true,
    });
  });

  it.each([
    [{ bufferMs: '50' }, 'Option --buffer-ms'],
    [{ endpointingMs: 'soon' }, 'Option --endpointing-ms'],
    [{ sampleRate: '96000' }, 'Option --sample-rate'],
    [{ channels: '3' }, 'Option --channels'],
    [{ provider: 'nobody' }, 'Option --provider'],
    [{ language: 'not a tag' }, 'Option --language'],
    [{ url: 'localhost:8080' }, 'not the address of a gateway'],
  ])('refuses %j by name, before any connection', (options, expected) => {
    expect(refusal(options)).toContain(expected);
  });
});
