import { describe, expect, it } from '@jest/globals';
import type { WindowedRecognizer } from '../recognizer.ts';
import type { LocalModel } from './open-model.ts';
import type { Sherpa, SherpaResult } from './sherpa.ts';
import { loadWindowed } from './windowed-recognizer.ts';

const SECOND = new Float32Array(16_000);

/** An engine that hears the same in everything, behind a model of these languages. */
function open(result: SherpaResult, languages: readonly string[]): Promise<WindowedRecognizer> {
  const stream = { acceptWaveform: () => undefined, setOption: () => undefined };
  const engine = { createStream: () => stream, decodeAsync: () => Promise.resolve(result) };
  const sherpa = { OfflineRecognizer: { createAsync: () => Promise.resolve(engine) } } as unknown as Sherpa;
  const paths = { encoder: 'e.onnx', decoder: 'd.onnx', tokens: 'tokens.txt' };
  const model: LocalModel = { kind: 'whisper', name: 'a-model', paths, languages };
  return loadWindowed(sherpa, model, { threads: 1, concurrency: 1 });
}

describe('a windowed model', () => {
  it('that finds the language by itself says in each result which one it was', async () => {
    const recognizer = await open({ text: ' bonjour ', lang: '<|fr|>' }, ['*']);
    const found = { text: 'bonjour', language: 'fr', confidence: null };
    await expect(recognizer.decode({ samples: SECOND, language: 'auto' })).resolves.toMatchObject(found);
    await expect(recognizer.decode({ samples: SECOND, language: 'en' })).resolves.toMatchObject(found);
    await expect(recognizer.decode({ samples: SECOND, language: 'fr-CA' })).resolves.toMatchObject({
      language: 'fr-CA',
    });
  });

  it('of one language says that one, asked or not', async () => {
    const recognizer = await open({ text: 'bonjour' }, ['fr']);
    await expect(recognizer.decode({ samples: SECOND, language: 'auto' })).resolves.toMatchObject({ language: 'fr' });
    await expect(recognizer.decode({ samples: SECOND, language: 'en' })).rejects.toThrow(/it serves fr/);
  });

  it('that cannot tell invents no language', async () => {
    const recognizer = await open({ text: 'bonjour' }, ['fr', 'de']);
    await expect(recognizer.decode({ samples: SECOND, language: 'auto' })).resolves.toMatchObject({ language: 'und' });
  });

  it('does not bother the engine with less than a tenth of a second', async () => {
    const recognizer = await open({ text: 'a word', lang: 'fr' }, ['*']);
    const tiny = { samples: new Float32Array(100), language: 'auto' };
    await expect(recognizer.decode(tiny)).resolves.toMatchObject({ text: '', language: 'und' });
  });
});
