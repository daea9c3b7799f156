import { describe, expect, it } from '@jest/globals';
import { describeConfiguration, loadConfiguration } from '@verbatim/observability';
import { toTranscriberConfig, transcriberVariablesSchema } from './config.ts';

const machine = { cores: 4, cacheFolder: '/cache' };

function load(env: Record<string, string>) {
  const loaded = loadConfiguration(transcriberVariablesSchema, env);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return toTranscriberConfig(loaded.config, machine);
}

describe('the configuration of the transcriber', () => {
  it('needs nothing: models in the cache, capacity by the cores', () => {
    expect(load({})).toMatchObject({
      redisUrl: 'redis://127.0.0.1:6379',
      providers: ['local'],
      localModelFolder: '/cache/models/moonshine-tiny-en',
      vadModelFile: '/cache/models/silero-vad/silero_vad_v6.onnx',
      capacity: 64,
      decodeConcurrency: undefined,
      tickMs: 20,
      pollMs: 250,
      leaseMs: 2000,
      hedgeAfterMs: 0,
    });
  });

  it('reads a chain of providers, each once', () => {
    expect(load({ STT_PROVIDERS: 'local, ledger,local' }).providers).toEqual(['local', 'ledger']);
  });

  it('tells recognisers on the network what the environment says of them, and nothing else', () => {
    expect(load({}).whisper).toEqual({ model: 'whisper-1' });
    expect(load({}).google).toEqual({ api: 'v2', location: 'global', rotateAfterMs: 285_000 });
    const config = load({
      STT_WHISPER_BASE_URL: 'http://127.0.0.1:9000/v1',
      STT_WHISPER_REQUESTS_PER_AUDIO_SECOND: '0.5',
      STT_GOOGLE_API: 'v1',
      STT_GOOGLE_PROJECT: 'speech',
      STT_GOOGLE_ENDPOINT: 'http://127.0.0.1:9001',
      STT_GOOGLE_AUTO_LANGUAGES: 'en-US, fr-FR',
    });
    expect(config.whisper).toMatchObject({ baseUrl: 'http://127.0.0.1:9000/v1', requestsPerAudioSecond: 0.5 });
    expect(config.google).toMatchObject({
      ...{ api: 'v1', project: 'speech', endpoint: 'http://127.0.0.1:9001' },
      autoLanguages: ['en-US', 'fr-FR'],
    });
  });

  it("takes OpenAI's own variable for the key where ours is not set, and shows neither", () => {
    expect(load({ OPENAI_API_KEY: 'theirs' }).whisper).toMatchObject({ apiKey: 'theirs' });
    expect(load({ OPENAI_API_KEY: 'theirs', STT_WHISPER_API_KEY: 'ours' }).whisper).toMatchObject({ apiKey: 'ours' });
    const secret = describeConfiguration(transcriberVariablesSchema).filter(({ isSecret }) => isSecret);
    expect(secret.map(({ name }) => name)).toEqual(expect.arrayContaining(['STT_WHISPER_API_KEY', 'OPENAI_API_KEY']));
  });

  it('reports every problem at once, and what was meant', () => {
    const loaded = loadConfiguration(transcriberVariablesSchema, {
      STT_PROVIDERS: 'lokal',
      STT_CAPACITY: '0',
      STT_TICKMS: '20',
    });
    expect(loaded.ok).toBe(false);
    const problems = loaded.ok ? [] : loaded.problems;
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).toMatch(/STT_TICKMS.*STT_TICK_MS/);
    expect(problems.join('\n')).toMatch(/STT_CAPACITY.*from 1/);
    expect(problems.join('\n')).toMatch(/STT_PROVIDERS.*local, whisper, google, ledger/);
  });
});
