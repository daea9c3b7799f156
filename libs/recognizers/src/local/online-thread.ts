import { Worker } from 'node:worker_threads';
import { RecognizerError } from '../recognizer.ts';
import { asRecognizerError } from './decode-slots.ts';
import { modelError } from './model-check.ts';
import { runOnlineWorker, type OnlineReply, type OnlineRequest } from './online-worker.ts';
import type { OnlineConfig, SherpaResult } from './sherpa.ts';

/** The side of a worker that is talked to; tests put a message port behind it. */
export interface OnlineEndpoint {
  postMessage(request: OnlineRequest): void;
  on(event: 'message', listener: (reply: OnlineReply) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  terminate(): Promise<unknown>;
}

/** A request that is answered. */
export type OnlineQuestion =
  | { readonly kind: 'feed'; readonly stream: number; readonly samples: Float32Array }
  | { readonly kind: 'finish'; readonly stream: number };

/** A loaded streaming model on a thread of its own. */
export interface OnlineThread {
  /** @throws RecognizerError when the engine fails or the thread ends. */
  ask(question: OnlineQuestion): Promise<SherpaResult>;
  drop(stream: number): void;
  close(): Promise<void>;
}

/** Starts a worker thread that loads the engine from beside the running program. */
export function startOnlineWorker(config: OnlineConfig): OnlineEndpoint {
  const source = `
    const { createRequire } = require('node:module');
    const { parentPort, workerData } = require('node:worker_threads');
    const sherpa = createRequire(workerData.programUrl)('sherpa-onnx-node');
    (${runOnlineWorker.toString()})(parentPort, sherpa, workerData.config);`;
  return new Worker(source, { eval: true, workerData: { programUrl: import.meta.url, config } });
}

interface Waiting {
  readonly resolve: (result: SherpaResult) => void;
  readonly reject: (error: RecognizerError) => void;
}

/** Resolves once the model is loaded. @throws RecognizerError if the engine refuses it. */
export function openOnlineThread(endpoint: OnlineEndpoint, modelName: string): Promise<OnlineThread> {
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let over: RecognizerError | null = null;

  function end(error: RecognizerError): void {
    over ??= error;
    for (const { reject } of waiting.values()) reject(over);
    waiting.clear();
  }

  const thread: OnlineThread = {
    ask(question) {
      return new Promise((resolve, reject) => {
        if (over) return reject(over);
        calls += 1;
        waiting.set(calls, { resolve, reject });
        endpoint.postMessage({ ...question, call: calls });
      });
    },
    drop(stream) {
      if (!over) endpoint.postMessage({ kind: 'drop', stream });
    },
    async close() {
      end(new RecognizerError('The recogniser is closed.', { failure: 'called_off' }));
      await endpoint.terminate();
    },
  };

  return new Promise((resolve, reject) => {
    const fail = (error: RecognizerError): void => {
      end(error);
      reject(error);
    };
    endpoint.on('error', (cause) => fail(asRecognizerError(cause)));
    endpoint.on('exit', (code) => fail(asRecognizerError(new Error(`its thread ended with code ${code}`))));
    endpoint.on('message', (reply) => {
      switch (reply.kind) {
        case 'loaded':
          return resolve(thread);
        case 'refused':
          fail(modelError(`The speech engine refuses the model ${modelName} (${reply.reason})`));
          return void endpoint.terminate();
        case 'answer':
          waiting.get(reply.call)?.resolve(reply.result);
          return void waiting.delete(reply.call);
        case 'failed':
          waiting.get(reply.call)?.reject(asRecognizerError(new Error(reply.reason)));
          return void waiting.delete(reply.call);
      }
    });
  });
}
