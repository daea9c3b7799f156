import { Worker } from 'node:worker_threads';
import { WORKER_HEAP_MB } from './decoder-limits.ts';
import type { DecoderReply, DecoderRequest } from './decoder-messages.ts';

/** The side of a worker that is talked to. */
export interface WorkerEndpoint {
  postMessage(request: DecoderRequest): void;
  on(event: 'message', listener: (reply: DecoderReply) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
}

/** The worker's bundle lies beside the gateway's; run from source, as tests do, it is the one that they build first. */
export const DECODER_WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/decoder-worker.js' : './decoder-worker.js',
  import.meta.url,
);

/** Starts a worker thread whose JavaScript heap is bounded: beyond it the thread ends, and the process goes on. */
export function startWorker(url: URL): WorkerEndpoint {
  return new Worker(url, {
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
    // What a codec prints is nobody's concern; nothing of a client's may come into a log that way.
    stdout: true,
    stderr: true,
  });
}
