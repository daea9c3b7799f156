import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WindowedRecognizer } from '@verbatim/recognizers';
import { OpenAI, toFile } from 'openai';
import { startOpenAiEmulator, type Emulator } from '../src/index.ts';
import { openMoonshine, SENTENCES, spoken, spokenFile } from './spoken.ts';

const SENTENCE = SENTENCES.boat.replaceAll(/[.,]/g, '').toLowerCase();

let moonshine: WindowedRecognizer;
let emulator: Emulator;
let client: OpenAI;

beforeAll(async () => {
  moonshine = await openMoonshine();
  emulator = await startOpenAiEmulator({ recognizer: moonshine, apiKey: 'sk-right' });
  client = new OpenAI({ apiKey: 'sk-right', baseURL: `${emulator.url}/v1`, maxRetries: 0, logLevel: 'off' });
});

afterAll(async () => {
  await emulator.stop();
  await moonshine.close();
});

const boat = async () => toFile(await spokenFile('boat'), 'boat.flac');

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z ]/g, '');
}

describe("OpenAI's client library, speaking to the emulator", () => {
  it('gets the ten fields of a segment, and words where it asks for them', async () => {
    const answer = await client.audio.transcriptions.create({
      file: await boat(),
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });
    expect(plain(answer.text)).toBe(SENTENCE);
    expect(answer).toMatchObject({ language: 'english', usage: { type: 'duration' } });
    expect(Object.keys(answer.segments?.[0] ?? {}).sort()).toEqual(
      'avg_logprob compression_ratio end id no_speech_prob seek start temperature text tokens'.split(' '),
    );
    expect(answer.words?.map(({ word }) => word.toLowerCase())).toEqual(SENTENCE.split(' '));
  });

  it('gets subtitles and bare text as strings', async () => {
    const ask = async (response_format: 'srt' | 'vtt' | 'text') =>
      client.audio.transcriptions.create({ file: await boat(), model: 'whisper-1', response_format });
    expect(await ask('srt')).toMatch(/^1\n00:00:00,000 --> 00:00:0\d,\d{3}\nMy brother[^\n]*\n\n$/);
    expect(await ask('vtt')).toMatch(/^WEBVTT\n\n00:00:00\.000 --> 00:00:0\d\.\d{3}\nMy brother[^\n]*\n\n$/);
    expect(await ask('text')).toMatch(/^My brother[^\n]*\n$/);
  });

  it('gets a stream of deltas that add up to the text, with log-probabilities where it asks for them', async () => {
    const stream = await client.audio.transcriptions.create({
      file: await boat(),
      model: 'gpt-4o-transcribe',
      stream: true,
      include: ['logprobs'],
    });
    let text = '';
    let logprobs = 0;
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') {
        text += event.delta;
        logprobs += event.logprobs?.length ?? 0;
      } else if (event.type === 'transcript.text.done') {
        expect(event.text).toBe(text);
        expect(event.usage?.output_tokens).toBe(logprobs);
      }
    }
    expect(plain(text)).toBe(SENTENCE);
    expect(logprobs).toBe(SENTENCE.split(' ').length);
  });

  it('is counted, with the audio it sends', async () => {
    const before = { requests: emulator.requests, audioSamples: emulator.audioSamples };
    await client.audio.transcriptions.create({ file: await boat(), model: 'whisper-1' });
    expect(emulator.requests - before.requests).toBe(1);
    expect(emulator.audioSamples - before.audioSamples).toBe((await spoken('boat')).length);
  });

  it('lists the models', async () => {
    const ids: string[] = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toEqual(['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe']);
    await expect(client.models.retrieve('whisper-9')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });

  it.each<[string, Partial<OpenAI.Audio.TranscriptionCreateParamsNonStreaming>, object]>([
    ['an unknown model', { model: 'whisper-9' }, { status: 404, code: 'model_not_found' }],
    ['a format the model lacks', { model: 'gpt-4o-transcribe', response_format: 'srt' }, { param: 'response_format' }],
    ['a temperature of 2', { temperature: 2 }, { status: 400, param: 'temperature' }],
    ['word times in plain JSON', { timestamp_granularities: ['word'] }, { param: 'timestamp_granularities' }],
    ['a language the model lacks', { language: 'fr' }, { status: 400, param: 'language' }],
  ])('is told what is wrong with %s', async (_, fields, expected) => {
    const asking = client.audio.transcriptions.create({ file: await boat(), model: 'whisper-1', ...fields });
    await expect(asking).rejects.toMatchObject({
      status: 400,
      ...expected,
      requestID: expect.stringMatching(/^req_\d/),
    });
  });

  it.each([
    ['no audio', new Uint8Array(100), 'file'],
    ['an empty file', new Uint8Array(0), 'file'],
  ])('is told that %s is none', async (_, bytes, param) => {
    const asking = client.audio.transcriptions.create({ file: await toFile(bytes, 'x.wav'), model: 'whisper-1' });
    await expect(asking).rejects.toMatchObject({ status: 400, param });
  });

  it('is not let in with a wrong key', async () => {
    const stranger = client.withOptions({ apiKey: 'sk-wrong' });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  });
});
