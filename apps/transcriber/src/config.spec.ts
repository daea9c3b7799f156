import { describe, expect, it } from '@jest/globals';
import { loadConfiguration } from '@verbatim/observability';
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
    });
  });

  it('reads a chain of providers, each once', () => {
    expect(load({ STT_PROVIDERS: 'local, ledger,local' }).providers).toEqual(['local', 'ledger']);
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
    expect(problems.join('\n')).toMatch(/STT_PROVIDERS.*local, ledger/);
  });
});
