import type { DurableMessage, GatewaySide, Observing, TextListener } from '@verbatim/backbone';
import {
  serverMessageSchema,
  type Seq,
  type ServerMessage,
  type SessionId,
  type Transcription,
} from '@verbatim/protocol';
import { createDeferred } from './deferred.ts';

export interface TextWaitParts {
  readonly backbone: Pick<GatewaySide, 'observe'>;
  readonly sessionId: SessionId;
  /** Finals after this one are news. */
  readonly afterSeq: Seq;
  /** Text that reaches behind this place in the audio is text of the chunk. Units: milliseconds. */
  readonly fromMs: number;
  /** Only the end of the session will do. */
  readonly untilEnd: boolean;
  readonly lookMs: number;
}

/** Listens to a session's text from before an upload is stored until its answer. */
export class TextWait implements TextListener {
  readonly #parts: TextWaitParts;
  readonly #settled = createDeferred();
  #observing: Observing | undefined;
  #interim: Transcription | undefined;

  constructor(parts: TextWaitParts) {
    this.#parts = parts;
  }

  /** @throws SttError `storage_unavailable` */
  async open(): Promise<void> {
    this.#observing = await this.#parts.backbone.observe(this.#parts.sessionId, this.#parts.afterSeq, this);
  }

  /** The newest interim that no final has replaced; what a client sees while there is no final. */
  get interim(): Transcription | undefined {
    return this.#interim;
  }

  /** Resolves when there is text for the chunk, the session is over, the time is up, or nobody waits any more. */
  async wait(waitMs: number, abandoned: AbortSignal): Promise<void> {
    if (waitMs === 0 || abandoned.aborted) return;
    const finish = (): void => this.#settled.resolve();
    const timer = setTimeout(finish, waitMs);
    const looking = setInterval(() => this.#observing?.look(), this.#parts.lookMs);
    abandoned.addEventListener('abort', finish, { once: true });
    await this.#settled.promise;
    abandoned.removeEventListener('abort', finish);
    clearTimeout(timer);
    clearInterval(looking);
  }

  close(): void {
    this.#observing?.stop();
  }

  onDurable({ json }: DurableMessage): void {
    this.#take(json);
  }

  onTransient(json: string): void {
    this.#take(json);
  }

  onReplaced(): void {
    // Nobody replaces an observer.
  }

  onGone(): void {
    this.#settled.resolve();
  }

  #take(json: string): void {
    const { data } = serverMessageSchema.safeParse(JSON.parse(json));
    if (data?.type === 'session_ended') this.#settled.resolve();
    if (data?.type !== 'transcription') return;
    this.#note(data);
    if (!this.#parts.untilEnd && data.end_ms > this.#parts.fromMs) this.#settled.resolve();
  }

  #note(text: Transcription): void {
    if (!text.is_final) this.#interim = text;
    else if (isOfSegment(this.#interim, text)) this.#interim = undefined;
  }
}

function isOfSegment(interim: ServerMessage | undefined, final: Transcription): boolean {
  return (
    interim?.type === 'transcription' && interim.segment_id <= final.segment_id && interim.channel === final.channel
  );
}
