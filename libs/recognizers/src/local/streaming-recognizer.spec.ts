import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { describeStreamingContract } from '../testing/recognizer.contract.ts';
import type { OnlineEndpoint } from './online-thread.ts';
import { runOnlineWorker } from './online-worker.ts';
import type { LocalModel } from './open-model.ts';
import type { OnlineConfig, OnlineRecognizer, OnlineStream, Sherpa } from './sherpa.ts';
import { loadStreaming } from './streaming-recognizer.ts';

const MODEL: LocalModel = {
  kind: 'streaming-transducer',
  name: 'streaming-zipformer-en',
  paths: { encoder: 'e.onnx', decoder: 'd.onnx', joiner: 'j.onnx', tokens: 'tokens.txt' },
  languages: ['en'],
};
const CHUNK_SAMPLES = 5120;

interface FakeStream extends OnlineStream {
  pending: number;
  heard: number;
}

/** Stands for sherpa-onnx: hears one word in each chunk that is not silent, and keeps the last chunk until the tail comes. */
class FakeOnlineRecognizer implements OnlineRecognizer {
  constructor(config: OnlineConfig) {
    if (config.modelConfig.tokens === 'refused.txt') throw new Error('cannot read refused.txt');
  }
  createStream(): OnlineStream {
    const stream: FakeStream = {
      pending: 0,
      heard: 0,
      acceptWaveform({ samples }) {
        for (const sample of samples) stream.pending += sample === 0 ? 0 : 1;
      },
      inputFinished: () => undefined,
    };
    return stream;
  }
  isReady(stream: OnlineStream): boolean {
    return (stream as FakeStream).pending >= CHUNK_SAMPLES;
  }
  decode(stream: OnlineStream): void {
    (stream as FakeStream).pending -= CHUNK_SAMPLES;
    (stream as FakeStream).heard += 1;
  }
  getResult(stream: OnlineStream) {
    const words = Array.from({ length: (stream as FakeStream).heard }, (_, index) => ` word${index}`);
    return { text: words.join(''), tokens: words, timestamps: words.map((_, index) => index * 0.32) };
  }
}

/** A message channel in place of a thread: the same messages, in this thread. */
function startInThread(config: OnlineConfig): OnlineEndpoint {
  const { port1, port2 } = new MessageChannel();
  runOnlineWorker(port2, { OnlineRecognizer: FakeOnlineRecognizer } as unknown as Sherpa, config);
  return Object.assign(port1, {
    terminate: () => {
      port1.close();
      return Promise.resolve();
    },
  });
}

const open = (model = MODEL) => loadStreaming(model, { threads: 1, concurrency: 2 }, startInThread);

describeStreamingContract('the local streaming recogniser', {
  open: () => open(),
  speech: new Float32Array(3 * CHUNK_SAMPLES).fill(0.1),
  text: 'word0 word1 word2',
  language: 'en',
});

describe('the local streaming recogniser', () => {
  it('gives word times from the start of its stream', async () => {
    const recognizer = await open();
    const stream = recognizer.openStream({ language: 'en-GB' });
    await stream.feed(new Float32Array(CHUNK_SAMPLES).fill(0.1));
    const found = await stream.feed(new Float32Array(CHUNK_SAMPLES).fill(0.1));
    expect(found.words?.map(({ word, startSample }) => [word, startSample])).toEqual([
      ['word0', 0],
      ['word1', 5120],
    ]);
    expect(found).toMatchObject({ language: 'en-GB', confidence: null, tokenCount: 2 });
    await recognizer.close();
  });

  it('says in each result the language of its model where the client left it open, and none where it serves several', async () => {
    for (const [languages, language] of [
      [['fr'], 'fr'],
      [['zh', 'en'], 'und'],
    ] as const) {
      const recognizer = await open({ ...MODEL, languages });
      const stream = recognizer.openStream({ language: 'auto' });
      await expect(stream.feed(new Float32Array(CHUNK_SAMPLES).fill(0.1))).resolves.toMatchObject({ language });
      await expect(stream.finish()).resolves.toMatchObject({ language });
      await recognizer.close();
    }
  });

  it('says why the engine refuses a model', async () => {
    const refused = { ...MODEL, paths: { ...MODEL.paths, tokens: 'refused.txt' } };
    await expect(open(refused)).rejects.toThrow(
      /refuses the model streaming-zipformer-en \(cannot read refused\.txt\).*npm run setup/,
    );
  });
});
