import { SttError } from '@verbatim/protocol';
import { DEFAULT_DECODER_LIMITS, type DecoderLimits } from './decoder-limits.ts';
import { DecoderStream, type DecoderStreamOptions } from './decoder-stream.ts';
import { DecoderThread, type ThreadLoss, type ThreadStream } from './decoder-thread.ts';
import type { LossReason } from './step-watch.ts';
import { DECODER_WORKER_URL, startWorker } from './worker-endpoint.ts';

export interface DecoderThreadsOptions {
  /** Worker threads at the most; each is started when it is first needed. 1 or more. */
  readonly workers: number;
  /** Told of each worker that was given up. */
  readonly onWorkerLost?: (reason: LossReason) => void;
  /** Default: {@link DEFAULT_DECODER_LIMITS}. */
  readonly limits?: Partial<DecoderLimits>;
  /** Default: the bundle beside the gateway's. */
  readonly workerUrl?: URL;
}

interface Place {
  readonly stream: DecoderStream;
  thread: DecoderThread;
}

/** The workers, which stream is in which, and what happens to the streams of one that is lost. */
export class DecoderThreads {
  readonly #options: DecoderThreadsOptions;
  readonly #limits: DecoderLimits;
  readonly #threads = new Set<DecoderThread>();
  readonly #places = new Map<ThreadStream, Place>();
  #opened = 0;
  #isClosed = false;

  constructor(options: DecoderThreadsOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_DECODER_LIMITS, ...options.limits };
  }

  open(shape: Pick<DecoderStreamOptions, 'format' | 'start' | 'longestSeconds'>): DecoderStream {
    this.#opened += 1;
    const stream: DecoderStream = new DecoderStream({
      ...shape,
      id: this.#opened,
      onWork: () => this.#places.get(stream)?.thread.wake(stream),
      onOver: () => this.#forget(stream),
    });
    if (this.#isClosed) {
      stream.close();
      return stream;
    }
    const thread = this.#leastBusy();
    this.#places.set(stream, { stream, thread });
    thread.add(stream);
    return stream;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { stream } of [...this.#places.values()]) stream.close();
    const closing = [...this.#threads].map((thread) => thread.close());
    this.#threads.clear();
    await Promise.all(closing);
  }

  /** An idle thread, else a new one, else the one with the fewest streams. */
  #leastBusy(): DecoderThread {
    const [best] = [...this.#threads].sort((a, b) => a.streams.size - b.streams.size);
    const isFree = best !== undefined && (best.streams.size === 0 || this.#threads.size >= this.#options.workers);
    return isFree ? best : this.#start();
  }

  #start(): DecoderThread {
    const endpoint = startWorker(this.#options.workerUrl ?? DECODER_WORKER_URL);
    const thread: DecoderThread = new DecoderThread(endpoint, this.#limits, {
      onLost: (loss) => {
        this.#threads.delete(thread);
        this.#options.onWorkerLost?.(loss.reason);
        for (const stream of thread.streams) this.#rescue(stream, loss);
      },
    });
    this.#threads.add(thread);
    return thread;
  }

  #rescue(one: ThreadStream, { reason, suspect, wasReady }: ThreadLoss): void {
    const place = this.#places.get(one);
    if (place === undefined) return;
    const { stream } = place;
    if (!wasReady) return stream.fail(SttError.from(new Error('a decoder worker could not be started')));
    if (one === suspect && stream.strike(reason)) return;
    if (!stream.restart()) return;
    place.thread = this.#leastBusy();
    place.thread.add(stream);
  }

  #forget(stream: DecoderStream): void {
    this.#places.get(stream)?.thread.remove(stream);
    this.#places.delete(stream);
  }
}
