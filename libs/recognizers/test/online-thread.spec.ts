import { expect, it } from '@jest/globals';
import { openOnlineThread, startOnlineWorker } from '../src/local/online-thread.ts';
import { RecognizerError } from '../src/recognizer.ts';

it('loads the engine in a real thread, which reports what it refuses', async () => {
  const transducer = { encoder: 'none.onnx', decoder: 'none.onnx', joiner: 'none.onnx' };
  const worker = startOnlineWorker({
    featConfig: { sampleRate: 16_000, featureDim: 80 },
    modelConfig: { transducer, tokens: 'none.txt', numThreads: 1, provider: 'cpu', debug: 0 },
    decodingMethod: 'greedy_search',
    enableEndpoint: 0,
  });
  const opening = openOnlineThread(worker, 'a-model');
  await expect(opening).rejects.toThrow(RecognizerError);
  await expect(opening).rejects.toThrow(/refuses the model a-model \(.*config.*npm run setup/);
});
