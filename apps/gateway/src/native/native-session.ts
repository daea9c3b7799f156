import type { AudioWriterListener, DurableMessage, Following, GoneReason, TextListener } from '@verbatim/backbone';
import { SttError, type ClientMessage, type Seq } from '@verbatim/protocol';
import { closesCounter } from '../presence/traffic-counters.ts';
import { toPublicError } from '../public-error.ts';
import type { AudioPath, AudioPathListener } from './audio-path.ts';
import type { AudioPosition } from './audio-progress.ts';
import type { ClientListener, NativeConnection } from './connection.ts';
import { enterSession, refusedCounter } from './enter-session.ts';
import type { Entrance } from './entrance.ts';
import { prepareAudioPath } from './open-audio-path.ts';
import { afterEnd, incompleteSample, passedOn, replaced, sentAway, stateLost } from './session-errors.ts';
import { logConnectionClosed, logFailure } from './session-log.ts';
import { sessionDeleted } from '../session-deleted.ts';
import type { SessionParts } from './session-parts.ts';
import { SessionUpkeep } from './session-upkeep.ts';

/**
 * `opening` until the session's text is followed · `streaming` · `ending` after the client's `end` · `over` when the
 * connection is being closed, for whatever reason: from then on nothing is taken and nothing is sent.
 */
type Phase = 'opening' | 'streaming' | 'ending' | 'over';

/** The one durable message that ends a session. Quotes inside a text are escaped in JSON, so no transcript contains this. */
const SESSION_ENDED_MARK = '"type":"session_ended"';
const PROVIDER_UNAVAILABLE_MARK = '"code":"provider_unavailable"';

/** Longer than the last decode takes, so that nearly every session is over before it is asked for. Units: milliseconds. */
const LOOK_FOR_END_MS = 5000;

/** One client's session on this replica: its audio on the way up, its text on the way down. */
export class NativeSession implements ClientListener, TextListener, AudioWriterListener, AudioPathListener {
  readonly #parts: SessionParts;
  readonly #client: NativeConnection;
  readonly #upkeep: SessionUpkeep;
  readonly #beganAtMs: number;
  #phase: Phase = 'opening';
  #entrance: Entrance | undefined;
  #audio: AudioPath | undefined;
  #following: Following | undefined;
  #deliveredSeq = 0 as Seq;
  #lookForEndAtMs = Infinity;
  #isUnderPressure = false;
  #isToldAfterEnd = false;
  /** Nothing waits for a resume any more: the session ended, or another connection holds it. */
  #isSettled = false;

  constructor(parts: SessionParts, client: NativeConnection) {
    this.#parts = parts;
    this.#client = client;
    this.#beganAtMs = parts.nowMs();
    this.#upkeep = new SessionUpkeep(parts, this.#beganAtMs);
  }

  /** The session that this connection keeps alive, if it does. */
  get heldSessionId(): Entrance['sessionId'] | undefined {
    return this.#isOver() ? undefined : this.#entrance?.sessionId;
  }

  /** Opens or resumes what the query asks for. Never rejects: what goes wrong is told to the client. */
  async enter(query: URLSearchParams): Promise<void> {
    // Until the session is open nothing is read: TCP is the bounded queue for a client that sends at once.
    this.#client.hold('opening');
    this.#client.listen(this);
    try {
      const entrance = await enterSession(this.#parts, query);
      this.#entrance = entrance;
      if (this.#isOver()) return this.#detach(entrance);
      // Before the text is followed: whatever goes wrong from here on, the client can resume.
      this.#client.send(entrance.greeting);
      this.#deliveredSeq = entrance.afterSeq;
      await (entrance.hasEnded ? this.#replay(entrance) : this.#stream(entrance));
    } catch (thrown) {
      this.fail(SttError.from(thrown));
    }
  }

  /** Says why nobody is let in now, and closes. */
  refuse(error: SttError): void {
    this.#parts.counters.count(refusedCounter(error));
    this.#client.listen(this);
    this.fail(error);
  }

  /** The session is over: what the client does not have yet follows from the log, and the connection is done. */
  async #replay({ sessionId }: Entrance): Promise<void> {
    this.#isSettled = true;
    const stored = await this.#parts.backbone.readLog(sessionId, this.#deliveredSeq);
    stored.forEach((message) => this.onDurable(message));
    if (!this.#isOver()) this.#finish();
  }

  async #stream(entrance: Entrance): Promise<void> {
    const { backbone, decoders, limits } = this.#parts;
    const { sessionId, connection, afterSeq, start } = entrance;
    const openPath = await prepareAudioPath({ decoders, longestPackedSeconds: limits.longestPackedSeconds }, entrance);
    const following = await backbone.follow(sessionId, connection, afterSeq, this);
    if (this.#isOver()) return following.stop();
    this.#following = following;
    this.#audio = openPath(backbone.openAudioWriter(entrance, start, this), this);
    this.#phase = 'streaming';
    this.#client.release('opening');
  }

  // ---------------------------------------------------------------- from the client

  onAudio(bytes: Uint8Array): void {
    this.#upkeep.noteLife();
    if (this.#phase === 'ending') this.#tellAfterEnd();
    if (this.#phase !== 'streaming') return;
    try {
      this.#audio?.accept(bytes);
    } catch (thrown) {
      this.onUndecodable(SttError.from(thrown));
    }
  }

  onMessage(message: Exclude<ClientMessage, { type: 'audio' }>): void {
    this.#upkeep.noteLife();
    if (message.type === 'keepalive') return;
    if (this.#phase === 'ending') this.#tellAfterEnd();
    if (this.#phase !== 'streaming') return;
    if (message.type === 'end') this.#takeEnd();
    else this.#mark('finalize');
  }

  onRefused(error: SttError): void {
    this.fail(error);
  }

  onClosed(close: { readonly code: number; readonly reason: string }): void {
    this.#leave();
    this.#parts.counters.count(closesCounter(close.code));
    logConnectionClosed(this.#parts, {
      client: this.#client,
      close,
      entrance: this.#entrance,
      position: this.#audio?.progress.appended,
      openMs: this.#parts.nowMs() - this.#beganAtMs,
    });
  }

  #takeEnd(): void {
    const leftBytes = this.#audio?.danglingBytes ?? 0;
    if (leftBytes > 0) this.#client.sendError(incompleteSample(leftBytes), this.#entrance?.sessionId);
    this.#phase = 'ending';
    this.#lookForEndAtMs = this.#parts.nowMs() + LOOK_FOR_END_MS;
    this.#mark('end');
  }

  #mark(control: 'finalize' | 'end'): void {
    this.#audio?.mark(control);
    this.onMarked();
  }

  /** Once is enough: a client that streams on after `end` would be answered for every frame. */
  #tellAfterEnd(): void {
    if (this.#isToldAfterEnd) return;
    this.#isToldAfterEnd = true;
    this.#client.sendError(afterEnd(), this.#entrance?.sessionId);
  }

  // ---------------------------------------------------------------- from Redis

  onDurable({ seq, json }: DurableMessage): void {
    // The channel and a replay of the log may bring the same message.
    if (this.#isOver() || seq <= this.#deliveredSeq) return;
    this.#deliveredSeq = seq;
    this.#client.sendDurable(json);
    if (json.includes(SESSION_ENDED_MARK)) this.#finish();
  }

  onTransient(json: string): void {
    if (this.#isOver()) return;
    // The transcriber has given the recogniser up: the session is kept, but waiting here helps nobody.
    if (json.includes(PROVIDER_UNAVAILABLE_MARK)) this.fail(passedOn(json));
    else this.#client.sendTransient(json);
  }

  onReplaced(): void {
    this.#isSettled = true;
    this.fail(replaced());
  }

  onGone(why: GoneReason): void {
    if (why === 'missing') return this.onStateGone();
    const entrance = this.#entrance;
    if (entrance === undefined || this.#isOver()) return;
    const { sessionId, config } = entrance;
    this.#client.send(sessionDeleted({ sessionId, language: config.language, deliveredSeq: this.#deliveredSeq }));
    this.#finish();
  }

  onStored(position: AudioPosition): void {
    const audio = this.#audio;
    if (audio === undefined || this.#isOver()) return;
    this.#parts.counters.receivedSamples += position.sample - audio.progress.stored.sample;
    this.#acknowledge(audio.progress.noteStored(position));
  }

  onPressure(isUnderPressure: boolean): void {
    if (this.#isOver()) return;
    this.#isUnderPressure = isUnderPressure;
    this.#acknowledge(this.#audio?.progress.takeAck());
    this.#audio?.setPressure(isUnderPressure);
    if (isUnderPressure) this.#client.hold('pressure');
    else this.#client.release('pressure');
  }

  // ---------------------------------------------------------------- from the audio's decoder

  onDecodingFull(isFull: boolean): void {
    if (isFull) this.#client.hold('decoding');
    else this.#client.release('decoding');
  }

  onMarked(): void {
    if (!this.#isOver()) this.#acknowledge(this.#audio?.progress.takePromptAck());
  }

  /** The client is told to stop: a session that nobody may come back to must not keep its place until the resume window has passed. */
  onUndecodable(error: SttError): void {
    if (!this.#isOver() && error.row.action === 'stop') {
      this.#isSettled = true;
      this.#audio?.endHere();
    }
    this.fail(error);
  }

  // ---------------------------------------------------------------- what is lost

  /** A session that has ended loses its audio as well: then `session_ended` is the true answer. */
  onLost(error: SttError): void {
    const isGone = error.code === 'resume_unrecoverable';
    void this.#replayIfEnded().then(
      (hasEnded) => hasEnded || this.fail(isGone ? stateLost(this.#deliveredSeq) : error),
    );
  }

  /** Redis has no record of the session any more. Without audio in flight nothing else would tell. */
  onStateGone(): void {
    this.onLost(stateLost(this.#deliveredSeq));
  }

  async #replayIfEnded(): Promise<boolean> {
    const entrance = this.#entrance;
    if (entrance === undefined || this.#isOver()) return true;
    try {
      const snapshot = await this.#parts.backbone.readSession(entrance.sessionId);
      if (snapshot?.state !== 'ended') return false;
      await this.#replay(entrance);
      return true;
    } catch {
      return false;
    }
  }

  // ---------------------------------------------------------------- once a round

  /** Looks after the connection: acknowledgement, storage, idleness, pulse. */
  onRound(nowMs: number): void {
    const audio = this.#audio;
    if (audio !== undefined && !this.#isOver()) {
      this.#acknowledge(audio.progress.takeRoundAck());
      if (this.#phase === 'streaming') audio.appendRest();
      this.#lookAfter(audio, nowMs);
      this.#lookForTheEnd(nowMs);
    }
    this.#client.checkPulse(nowMs);
  }

  /** After the last message no later one shows a gap: if the channel lost just that one, only asking finds it. */
  #lookForTheEnd(nowMs: number): void {
    if (this.#phase !== 'ending' || nowMs < this.#lookForEndAtMs) return;
    this.#lookForEndAtMs = nowMs + LOOK_FOR_END_MS;
    void this.#replayIfEnded();
  }

  #lookAfter(audio: AudioPath, nowMs: number): void {
    const { appended, stored } = audio.progress;
    const finding = this.#upkeep.look({
      appendedSample: appended.sample,
      storedSample: stored.sample,
      isUnderPressure: this.#isUnderPressure,
      nowMs,
    });
    const provider = this.#entrance?.config.provider;
    if (finding.kind === 'fail') this.fail(finding.error);
    else if (finding.kind === 'tell' && provider !== undefined)
      this.#client.send({ type: 'session_status', ...finding.status, provider });
  }

  #acknowledge(audioBytes: number | undefined): void {
    if (audioBytes !== undefined) this.#client.send({ type: 'ack', audio_bytes: audioBytes });
  }

  // ---------------------------------------------------------------- the end of the connection

  announceDrain(timeLeftMs: number): void {
    if (!this.#isOver()) this.#client.send({ type: 'go_away', time_left_ms: timeLeftMs });
  }

  /** This replica goes: what was taken is stored and acknowledged, then the client is sent to another one. */
  async sendAway(flushed: (drained: Promise<void>) => Promise<void>): Promise<void> {
    const audio = this.#audio;
    if (audio !== undefined && !this.#isOver()) {
      await flushed(audio.drained());
      if (!this.#isOver()) this.#acknowledge(audio.progress.takeAck());
    }
    this.fail(sentAway());
  }

  terminate(): void {
    this.#client.terminate();
  }

  /** Tells the client why and closes with the table's code; the session itself waits for a resume. */
  fail(error: SttError): void {
    if (this.#isOver()) return;
    logFailure(this.#parts.log, this.#client.requestId, error);
    this.#client.closeWith(toPublicError(error), this.#entrance?.sessionId);
    this.#leave();
  }

  #finish(): void {
    this.#isSettled = true;
    this.#client.closeDone();
    this.#leave();
  }

  #leave(): void {
    if (this.#isOver()) return;
    this.#phase = 'over';
    this.#following?.stop();
    this.#audio?.close();
    if (this.#entrance !== undefined && !this.#isSettled) this.#detach(this.#entrance);
  }

  #detach({ sessionId, connection }: Entrance): void {
    this.#parts.backbone.detach(sessionId, connection).catch((error: unknown) => {
      // The record's own expiry does the same, later.
      this.#parts.log.debug({ event: 'detach_failed', session_id: sessionId, err: error });
    });
  }

  #isOver(): boolean {
    return this.#phase === 'over';
  }
}
