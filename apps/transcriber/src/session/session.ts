import type { AudioCursor, AudioEntry } from '@verbatim/backbone';
import type { Fence, Seq, ServerMessage, SessionId } from '@verbatim/protocol';
import { createOutbox, isStorageAway, type Outbox } from '../committing/outbox.ts';
import { readCheckpoint, type SessionCheckpoint } from '../committing/session-checkpoint.ts';
import {
  createSessionFailover,
  type FailedCall,
  type ProviderSwitch,
  type SessionFailover,
} from '../failover/session-failover.ts';
import { providerUnavailableMessage } from '../messages/provider-unavailable-message.ts';
import { sessionEndedMessage } from '../messages/session-ended-message.ts';
import { createInterimRevisions } from './interim-revisions.ts';
import type { SessionOptions } from './session-options.ts';
import { startSessionRun, type SessionRun } from './session-run.ts';
import { createStatusTracker, type SessionCondition, type StatusTracker } from './status-tracker.ts';

/** A claimed session: a run that decides, an outbox that commits, and this shell between them. */
export interface Session {
  readonly sessionId: SessionId;
  readonly fence: Fence;
  /** From where to read on; `undefined` while enough audio is held. */
  readonly cursor: AudioCursor | undefined;
  /** How late its text was at the last {@link reportStatus}. Units: milliseconds. */
  readonly lagMs: number;
  /** What a read from `cursor` brought, empty when there was nothing new; ignored when the session reads from elsewhere by now. */
  accept(entries: readonly AudioEntry[], cursor: AudioCursor): void;
  /** Does one small piece of work; `true` while more is waiting. */
  work(): boolean;
  /**
   * Tells the client when its text is late, and when it is not any more, and looks round as {@link reconsider} does. Called a few times a
   * second.
   */
  reportStatus(): void;
  /** Leaves a recogniser that is not to be asked, and goes back to the preferred one when that is well. */
  reconsider(): void;
  /** Reads nothing more, commits what is decided, and hands the session back. */
  handOver(): Promise<void>;
  /** Ends all work at once; what was not committed is left to the next owner. */
  stop(): void;
}

/** @throws Error when the checkpoint cannot be read. */
export function openSession(options: SessionOptions): Session {
  return new ClaimedSessionShell(options);
}

class ClaimedSessionShell implements Session {
  readonly sessionId: SessionId;
  readonly fence: Fence;
  readonly #options: SessionOptions;
  readonly #failover: SessionFailover;
  readonly #status: StatusTracker;
  readonly #outbox: Outbox;
  readonly #revisions = createInterimRevisions();
  #run: SessionRun;
  #catchingUpAfter: SessionCondition['catchingUpAfter'];
  #lagMs = 0;
  #isRecognizerFailing = false;
  /** The old run is stopped and the new one waits until everything is committed. */
  #isSwitching = false;
  #isReading = true;
  #isEnding = false;
  #isStopped = false;

  constructor(options: SessionOptions) {
    const { claimed } = options;
    const checkpoint = readCheckpoint(claimed.checkpoint, claimed.config.channels);
    this.sessionId = claimed.sessionId;
    this.fence = claimed.fence;
    this.#options = options;
    this.#catchingUpAfter = claimed.isTakeover ? 'takeover' : undefined;
    this.#failover = createSessionFailover(options);
    this.#status = createStatusTracker(claimed.config.provider);
    this.#outbox = createOutbox({ ...claimed, checkpoint, ...this.#outboxPorts() });
    this.#run = this.#startRun(checkpoint);
    this.#endWhenFinished();
  }

  get lagMs(): number {
    return this.#lagMs;
  }

  get cursor(): AudioCursor | undefined {
    if (!this.#isActive || this.#isEnding || this.#run.isFull) return undefined;
    return { sessionId: this.sessionId, afterStreamId: this.#run.afterStreamId };
  }

  accept(entries: readonly AudioEntry[], cursor: AudioCursor): void {
    this.#guard(() => {
      // A read that was under way while the session went back to its checkpoint would leave a hole.
      if (!this.#isActive || cursor.afterStreamId !== this.#run.afterStreamId) return;
      this.#run.accept(entries);
      if (this.#run.hasWork) this.#options.listener.onWork();
      else if (entries.length === 0) this.#catchingUpAfter = undefined;
    });
  }

  work(): boolean {
    this.#guard(() => {
      if (!this.#isActive || !this.#run.hasWork) return;
      this.#options.listener.onDecided(this.#run.work());
    });
    return this.#isActive && this.#run.hasWork;
  }

  reconsider(): void {
    this.#guard(() => this.#reconsiderProvider());
  }

  reportStatus(): void {
    this.reconsider();
    if (!this.#isSwitching) this.#lagMs = this.#run.lagMs();
    this.#options.listener.onLag(this.#lagMs);
    this.#sayStatus();
  }

  async handOver(): Promise<void> {
    this.#isReading = false;
    this.#run.stop();
    await this.#outbox.drained();
    if (this.#isStopped) return;
    this.stop();
    await this.#options.backbone.release(this.sessionId, this.fence, 'handed_over');
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#isReading = false;
    this.#run.stop();
    this.#outbox.stop();
  }

  get #isActive(): boolean {
    return this.#isReading && !this.#isSwitching && !this.#isStopped;
  }

  // ---------------------------------------------------------------- recognisers

  #startRun(checkpoint: SessionCheckpoint): SessionRun {
    const { claimed, nowMs, wallMs, benches, hedgeAfterMs, after, listener } = this.#options;
    return startSessionRun({
      ...{ claimed, nowMs, wallMs, checkpoint },
      bench: this.#failover.current,
      hedging: { benches, hedgeAfterMs, after, onHedged: (hedge) => listener.onHedged(hedge) },
      outbox: this.#outbox,
      revisions: this.#revisions,
      publish: (message) => this.#publish(message),
      guard: (callback) => this.#guard(callback, true),
      onRecognized: () => this.#recognized(),
      onFailing: (error, call) => this.#failing(error, call),
      watchCall: () => this.#watchCall(),
      onFailed: (error) => this.#fail(error),
    });
  }

  #recognized(): void {
    this.#isRecognizerFailing = false;
    this.#failover.recognized();
  }

  #failing(error: unknown, call: FailedCall): number | undefined {
    const decision = this.#failover.failed(error, call);
    switch (decision.type) {
      case 'retry':
        // An interim that comes a little later is nothing to worry a client with.
        this.#isRecognizerFailing ||= call.kind !== 'interim';
        if (decision.isHopeless) this.#publish(providerUnavailableMessage(this.sessionId, this.#options.wallMs()));
        return decision.delayMs;
      case 'switch':
        this.#goOnWith(decision);
        return undefined;
      case 'let_go':
        return undefined;
      case 'give_up':
        this.#fail(error);
        return undefined;
    }
  }

  /** Where the session could go on elsewhere it waits for a call no longer than is usual; what it left behind is ignored. */
  #watchCall(): () => void {
    const { current, patienceMs } = this.#failover;
    if (patienceMs === undefined) return () => undefined;
    let cancel = (): void => undefined;
    const wait = (): void => {
      cancel = this.#options.after(patienceMs, () => {
        if (!this.#isActive || this.#failover.current !== current) return;
        const decision = this.#failover.lostPatience();
        if (decision === undefined) wait();
        else this.#guard(() => this.#goOnWith(decision));
      });
    };
    wait();
    return () => cancel();
  }

  #reconsiderProvider(): void {
    if (!this.#isActive || this.#isEnding) return;
    const decision = this.#failover.reconsider(this.#run.isBetweenUtterances);
    if (decision !== undefined) this.#goOnWith(decision);
  }

  /**
   * Throws the run away and begins a new one at the committed checkpoint, under the same fence: a takeover from oneself. While Redis is away
   * it waits for the commits, as everything else does.
   */
  #goOnWith(change: ProviderSwitch): void {
    const { to, failure } = change;
    const from = this.#failover.current.name;
    this.#isSwitching = true;
    this.#run.stop();
    this.#failover.take(change);
    this.#options.listener.onSwitched({ from, to: to.name, failure });
    void this.#outbox.drained().then(() => {
      if (!this.#isReading || this.#isStopped) return;
      this.#guard(() => {
        this.#run = this.#startRun(this.#outbox.checkpoint);
        this.#isSwitching = false;
        this.#isRecognizerFailing = false;
        this.#catchingUpAfter = 'switch';
        this.#sayStatus();
      });
    });
  }

  // ---------------------------------------------------------------- messages

  #sayStatus(): void {
    const message = this.#status.update({
      provider: this.#failover.current.name,
      lagMs: this.#lagMs,
      catchingUpAfter: this.#catchingUpAfter,
      isRecognizerFailing: this.#isRecognizerFailing,
    });
    if (message !== undefined) this.#publish(message);
  }

  #publish(message: ServerMessage): void {
    if (!this.#isStopped) this.#options.backbone.publish(this.sessionId, this.fence, JSON.stringify(message));
  }

  #endWhenFinished(): void {
    if (this.#isEnding || this.#isSwitching || !this.#run.isFinished) return;
    this.#isEnding = true;
    const { claimed, backbone } = this.#options;
    const { lanes } = this.#run;
    const audioSamples = Math.max(...lanes.map((lane) => lane.decidedSample));
    const reason = lanes[0]?.endReason ?? 'client_end';
    this.#outbox.end(async () => {
      const log = await backbone.readLog(this.sessionId, 0 as Seq);
      return (seq) => JSON.stringify(sessionEndedMessage({ ...claimed, log, audioSamples, reason }, seq));
    });
  }

  #outboxPorts() {
    const { backbone, after, listener } = this.#options;
    return {
      after,
      commit: backbone.commit.bind(backbone),
      isRetryable: isStorageAway,
      onFenced: () => listener.onFenced(),
      onRolledBack: () => listener.onRolledBack(),
      onEnded: () => listener.onEnded(),
      onFailed: (error: unknown) => this.#fail(error),
    };
  }

  /** What goes wrong in one session must not reach its neighbours. An answer may let a lane go on that waited for it. */
  #guard(callback: () => void, isAnswer = false): void {
    if (this.#isStopped) return;
    try {
      callback();
      this.#endWhenFinished();
      if (isAnswer && this.#isActive && this.#run.hasWork) this.#options.listener.onWork();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.stop();
    this.#options.listener.onFailed(error);
  }
}
