import type { DecoderLimits } from './decoder-limits.ts';
import type { DecoderReply, DecoderStep } from './decoder-messages.ts';
import { createStepWatch, readProcessUse, type LossReason } from './step-watch.ts';
import type { WorkerEndpoint } from './worker-endpoint.ts';

/** A stream as a thread serves it. */
export interface ThreadStream {
  readonly id: number;
  /** The next step, if there is one; it stays the next until it was answered. */
  nextStep(): DecoderStep | undefined;
  answered(reply: Exclude<DecoderReply, { kind: 'ready' }>): void;
}

/** The worker is gone. */
export interface ThreadLoss {
  readonly reason: LossReason;
  /** The stream whose step was under way. */
  readonly suspect: ThreadStream | undefined;
  /** Without it the worker could not be started. */
  readonly wasReady: boolean;
}

export interface DecoderThreadListener {
  onLost(loss: ThreadLoss): void;
}

/**
 * One worker and the streams in it. It has one step under way at a time, so that whoever stops it is known, and gives each stream its turn.
 */
export class DecoderThread {
  readonly #endpoint: WorkerEndpoint;
  readonly #listener: DecoderThreadListener;
  readonly #streams = new Set<ThreadStream>();
  /** Streams with a step to do, in the order of their turns. */
  readonly #waiting = new Set<ThreadStream>();
  readonly #watchTimer: NodeJS.Timeout;
  #underWay: { readonly stream: ThreadStream; readonly isOpening: boolean } | undefined;
  #isReady = false;
  #isOver = false;

  constructor(endpoint: WorkerEndpoint, limits: DecoderLimits, listener: DecoderThreadListener) {
    this.#endpoint = endpoint;
    this.#listener = listener;
    endpoint.on('message', (reply) => this.#receive(reply));
    // An error is followed by an exit; both of a thread that was given up are nobody's concern.
    endpoint.on('error', () => this.#lose('died'));
    endpoint.on('exit', () => this.#lose('died'));
    const watch = createStepWatch(limits);
    this.#watchTimer = setInterval(() => {
      if (this.#underWay === undefined) return;
      const reason = watch.look(this.#underWay, readProcessUse());
      if (reason !== undefined) this.#lose(reason);
    }, limits.watchMs);
  }

  get streams(): ReadonlySet<ThreadStream> {
    return this.#streams;
  }

  /** Has the stream's steps done here from now on. */
  add(stream: ThreadStream): void {
    this.#streams.add(stream);
    this.wake(stream);
  }

  /** The stream has a step to do. */
  wake(stream: ThreadStream): void {
    this.#waiting.add(stream);
    this.#proceed();
  }

  remove(stream: ThreadStream): void {
    this.#waiting.delete(stream);
    if (this.#streams.delete(stream) && !this.#isOver) {
      this.#endpoint.postMessage({ kind: 'close', stream: stream.id });
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#watchTimer);
    await this.#endpoint.terminate();
  }

  #receive(reply: DecoderReply): void {
    if (this.#isOver) return;
    if (reply.kind === 'ready') this.#isReady = true;
    else this.#settle(reply);
    this.#proceed();
  }

  #settle(reply: Exclude<DecoderReply, { kind: 'ready' }>): void {
    const stream = this.#underWay?.stream;
    this.#underWay = undefined;
    // A stream that was closed meanwhile is not told any more.
    if (stream === undefined || !this.#streams.has(stream)) return;
    stream.answered(reply);
    if (this.#streams.has(stream)) this.#waiting.add(stream);
  }

  #proceed(): void {
    if (!this.#isReady || this.#isOver || this.#underWay !== undefined) return;
    for (const stream of this.#waiting) {
      this.#waiting.delete(stream);
      const step = stream.nextStep();
      if (step === undefined) continue;
      this.#underWay = { stream, isOpening: step.kind === 'open' };
      this.#endpoint.postMessage({ kind: 'step', stream: stream.id, step });
      return;
    }
  }

  #lose(reason: LossReason): void {
    if (this.#isOver) return;
    const suspect = this.#underWay?.stream;
    void this.close().catch(() => undefined);
    this.#listener.onLost({ reason, suspect, wasReady: this.#isReady });
  }
}
