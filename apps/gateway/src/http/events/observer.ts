import type { ServerResponse } from 'node:http';
import type { DurableMessage, GatewaySide, GoneReason, Observing, TextListener } from '@verbatim/backbone';
import { SttError, toErrorMessage, type Seq, type SessionId } from '@verbatim/protocol';
import { OutgoingQueue } from '../../native/outgoing-queue.ts';
import { sessionDeleted } from '../../session-deleted.ts';
import { endsSession, eventText, KEEP_ALIVE_TEXT, retryText } from './event-text.ts';
import type { ObserverLimits } from './observer-limits.ts';

export interface ObserverParts {
  readonly backbone: Pick<GatewaySide, 'observe' | 'readLog'>;
  readonly response: ServerResponse;
  readonly sessionId: SessionId;
  /** As the session was opened with. */
  readonly language: string;
  readonly requestId: string;
  readonly limits: ObserverLimits;
}

/** History is read in so many messages at a time, and the next ones when these have left: with word times they are about 100 kB. */
const HISTORY_PAGE_MESSAGES = 50;

/**
 * One open event stream: history, then what happens, until the session ends.
 * Invariant: it holds nobody up. What waits for it is bounded; at the bound it is cut and comes back with its `Last-Event-ID`.
 */
export class Observer implements TextListener {
  readonly #parts: ObserverParts;
  readonly #queue: OutgoingQueue;
  #deliveredSeq: Seq;
  #observing: Observing | undefined;
  #wasWaiting = false;
  #isOver = false;

  constructor(parts: ObserverParts, afterSeq: Seq) {
    const { response, limits } = parts;
    this.#parts = parts;
    this.#deliveredSeq = afterSeq;
    this.#queue = new OutgoingQueue(
      {
        get bufferedAmount() {
          return response.writableLength;
        },
        send: (text) => void response.write(text),
      },
      limits,
    );
    response.on('drain', () => {
      this.#wasWaiting = false;
      this.#queue.flushWaiting();
    });
    response.once('close', () => this.#leave());
  }

  /** Sends what is stored, then goes live. @throws SttError `storage_unavailable` */
  async start(): Promise<void> {
    await this.#sendHistory();
    if (this.#isOver) return;
    const { backbone, sessionId } = this.#parts;
    const observing = await backbone.observe(sessionId, this.#deliveredSeq, this);
    if (this.#isOver) observing.stop();
    else this.#observing = observing;
  }

  onDurable({ seq, json }: DurableMessage): void {
    if (this.#isOver) return;
    this.#deliveredSeq = seq;
    this.#queue.sendDurable(eventText(json, seq));
    if (endsSession(json)) this.#finish();
    // History comes in pages that wait for each other: only what happens live can pile up.
    else if (this.#observing !== undefined && this.#queue.isOverflowing) this.cut();
  }

  onTransient(json: string): void {
    if (!this.#isOver) this.#queue.sendTransient(eventText(json));
  }

  /** An observer holds no connection of the session. */
  onReplaced(): void {}

  onGone(why: GoneReason): void {
    if (this.#isOver) return;
    const { requestId, sessionId, language } = this.#parts;
    const message =
      why === 'deleted'
        ? sessionDeleted({ sessionId, language, deliveredSeq: this.#deliveredSeq })
        : toErrorMessage(stateGone(), { requestId, sessionId, atMs: Date.now() });
    this.#queue.sendDurable(eventText(JSON.stringify(message)));
    this.#finish();
  }

  /** Once in a while: is it still read, and is there anything that the channel lost? */
  onRound(): void {
    const isWaiting = this.#parts.response.writableLength > 0;
    if (isWaiting && this.#wasWaiting) return this.cut();
    this.#wasWaiting = isWaiting;
    if (this.#isOver) return;
    this.#parts.response.write(KEEP_ALIVE_TEXT);
    this.#observing?.look();
  }

  /** This replica goes: whoever watches comes back after `retryMs`, to another one. */
  sendAway(retryMs: number): void {
    if (this.#isOver) return;
    this.#parts.response.write(retryText(retryMs));
    this.#finish();
  }

  /** Ends at once, whatever waits. */
  cut(): void {
    this.#leave();
    this.#parts.response.destroy();
  }

  async #sendHistory(): Promise<void> {
    const { backbone, sessionId } = this.#parts;
    for (;;) {
      const page = await backbone.readLog(sessionId, this.#deliveredSeq, HISTORY_PAGE_MESSAGES);
      page.forEach((message) => this.onDurable(message));
      if (this.#isOver || page.length < HISTORY_PAGE_MESSAGES) return;
      await this.#drained();
    }
  }

  /** Resolves when everything has left, or the observer has. */
  async #drained(): Promise<void> {
    const { response } = this.#parts;
    if (!response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      response.once('drain', resolve);
      response.once('close', resolve);
    });
  }

  #finish(): void {
    this.#leave();
    this.#parts.response.end();
  }

  #leave(): void {
    this.#isOver = true;
    this.#observing?.stop();
  }
}

function stateGone(): SttError {
  return new SttError(
    'session_not_found',
    'The session is gone: nobody came back to it in time, or its state was lost.',
  );
}
