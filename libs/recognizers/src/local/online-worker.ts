import type { MessagePort } from 'node:worker_threads';
import type { OnlineConfig, OnlineStream, Sherpa, SherpaResult } from './sherpa.ts';

/** What the worker is told. A stream's messages are handled in order. */
export type OnlineRequest =
  | { readonly kind: 'feed'; readonly call: number; readonly stream: number; readonly samples: Float32Array }
  | { readonly kind: 'finish'; readonly call: number; readonly stream: number }
  | { readonly kind: 'drop'; readonly stream: number };

/** What the worker says: once whether the model loaded, then one answer for each call. */
export type OnlineReply =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answer'; readonly call: number; readonly result: SherpaResult }
  | { readonly kind: 'failed'; readonly call: number; readonly reason: string };

/**
 * The body of the worker thread that owns a streaming recogniser: every call of it blocks its thread, so it must not be the one
 * that serves sockets. It is sent to the thread as source text (a bundle has no second file to point a Worker at), so it may use
 * its arguments and nothing else of this module.
 */
export function runOnlineWorker(
  port: Pick<MessagePort, 'on' | 'postMessage'>,
  sherpa: Sherpa,
  config: OnlineConfig,
): void {
  const sampleRate = 16_000;
  // The encoder looks ahead: without this silence the last word stays inside. 0.66 s is what sherpa-onnx's own examples use.
  const tail = new Float32Array(0.66 * sampleRate);
  const streams = new Map<number, OnlineStream>();
  const say = (reply: OnlineReply): void => port.postMessage(reply);
  const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

  let engine: InstanceType<Sherpa['OnlineRecognizer']>;
  try {
    engine = new sherpa.OnlineRecognizer(config);
  } catch (error) {
    return say({ kind: 'refused', reason: reasonOf(error) });
  }

  const streamOf = (id: number): OnlineStream => {
    const found = streams.get(id) ?? engine.createStream();
    streams.set(id, found);
    return found;
  };
  const hear = (request: Exclude<OnlineRequest, { kind: 'drop' }>): SherpaResult => {
    const stream = streamOf(request.stream);
    stream.acceptWaveform({ samples: request.kind === 'feed' ? request.samples : tail, sampleRate });
    if (request.kind === 'finish') stream.inputFinished();
    while (engine.isReady(stream)) engine.decode(stream);
    return engine.getResult(stream);
  };

  port.on('message', (request: OnlineRequest) => {
    if (request.kind === 'drop') {
      streams.delete(request.stream);
      return;
    }
    try {
      say({ kind: 'answer', call: request.call, result: hear(request) });
    } catch (error) {
      say({ kind: 'failed', call: request.call, reason: reasonOf(error) });
    }
    if (request.kind === 'finish') streams.delete(request.stream);
  });
  say({ kind: 'loaded' });
}
