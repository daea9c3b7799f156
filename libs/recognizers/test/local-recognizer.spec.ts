import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalRecognizer, RecognizerError, type WindowedRecognizer } from '../src/index.ts';
import { describeWindowedContract } from '../src/testing/index.ts';
import { cachedModel, SENTENCES, spoken } from './cached-models.ts';

async function openMoonshine(concurrency = 2): Promise<WindowedRecognizer> {
  const recognizer = await createLocalRecognizer({ modelFolder: cachedModel('moonshine-tiny-en'), concurrency });
  if (recognizer.capabilities.kind !== 'windowed') throw new Error('Moonshine is windowed.');
  return recognizer as WindowedRecognizer;
}

describeWindowedContract('Moonshine', {
  open: () => openMoonshine(),
  speech: await spoken('boat'),
  text: SENTENCES.boat,
  language: 'en',
});

describe('the embedded recogniser', () => {
  let recognizer: WindowedRecognizer;
  beforeAll(async () => {
    recognizer = await openMoonshine();
  });
  afterAll(() => recognizer.close());

  it.each(Object.entries(SENTENCES))('reads back the spoken sentence "%s" word for word', async (name, sentence) => {
    const samples = await spoken(name as keyof typeof SENTENCES);
    const found = await recognizer.decode({ samples, language: 'en' });

    expect(plain(found.text)).toBe(plain(sentence));
    expect(found).toMatchObject({ confidence: null, language: 'en' });
    expect(found.words).toBeUndefined();
    expect(found.tokenCount).toBeGreaterThan(10);
  });

  it('says what it is and what it can do', () => {
    expect(recognizer.name).toBe('local:moonshine-tiny-en');
    expect(recognizer.capabilities).toMatchObject({
      languages: ['en'],
      hasWordTimes: false,
      hasConfidence: false,
      voiceActivity: 'speech',
      tokensPerSecondLimit: 6,
      concurrency: 2,
    });
  });

  it('says which languages it serves when another is asked for', async () => {
    const decoding = recognizer.decode({ samples: await spoken('boat'), language: 'fr' });
    await expect(decoding).rejects.toThrow(RecognizerError);
    await expect(decoding).rejects.toThrow('The model moonshine-tiny-en does not serve the language fr: it serves en.');
  });

  it('decodes different sentences side by side without mixing them', async () => {
    const names = ['boat', 'report', 'weather', 'boat', 'report', 'weather'] as const;
    const answers = await Promise.all(
      names.map(async (name) => recognizer.decode({ samples: await spoken(name), language: 'en' })),
    );
    expect(answers.map(({ text }) => plain(text))).toEqual(names.map((name) => plain(SENTENCES[name])));
  });
});

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z ]/g, '');
}
