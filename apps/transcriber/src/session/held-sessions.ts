import type { ClaimedSession, TranscriberSide } from '@verbatim/backbone';
import type { Logger } from '@verbatim/observability';
import type { ProviderName, SessionId } from '@verbatim/protocol';
import type { HeldLease } from '../claiming/lease-keeper.ts';
import type { StatsCounter } from '../presence/stats-counter.ts';
import { createFailureRecord, type FailureRecord } from './failure-record.ts';
import { openSession, type Session } from './session.ts';
import type { ProviderBench, SessionOptions } from './session-options.ts';
import type { WorkPump } from './work-pump.ts';

export interface HeldSessionsOptions extends Pick<SessionOptions, 'nowMs' | 'wallMs' | 'after'> {
  readonly backbone: Pick<TranscriberSide, 'commit' | 'publish' | 'readLog' | 'release'>;
  readonly providers: ReadonlyMap<ProviderName, ProviderBench>;
  readonly pump: WorkPump;
  readonly stats: StatsCounter;
  readonly log: Logger;
}

/** The sessions this process owns, and what becomes of each. */
export interface HeldSessions {
  start(claimed: ClaimedSession): void;
  /** The lease went to somebody else. */
  lose(lease: HeldLease): void;
  readonly size: number;
  leases(): readonly HeldLease[];
  sessions(): readonly Session[];
  reportStatus(): void;
  /** Commits what is decided and hands every session back. */
  handOver(): Promise<void>;
}

export function createHeldSessions(options: HeldSessionsOptions): HeldSessions {
  return new OwnedSessions(options);
}

class OwnedSessions implements HeldSessions {
  readonly #options: HeldSessionsOptions;
  readonly #sessions = new Map<SessionId, Session>();
  /** Failed sessions whose lease is kept for a while, so that nobody tries them again at once. */
  readonly #resting = new Map<SessionId, HeldLease>();
  readonly #failures: FailureRecord;

  constructor(options: HeldSessionsOptions) {
    this.#options = options;
    this.#failures = createFailureRecord(options.nowMs);
  }

  get size(): number {
    return this.#sessions.size + this.#resting.size;
  }

  leases(): readonly HeldLease[] {
    return [...this.#sessions.values(), ...this.#resting.values()];
  }

  sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  start(claimed: ClaimedSession): void {
    const { sessionId, fence, isTakeover } = claimed;
    // Lost without our knowing, and claimed again by ourselves: the older fence writes nothing any more.
    this.#sessions.get(sessionId)?.stop();
    this.#sessions.delete(sessionId);
    this.#resting.delete(sessionId);
    try {
      const session = this.#open(claimed);
      this.#sessions.set(sessionId, session);
      session.reportStatus();
    } catch (error) {
      return this.#rest({ sessionId, fence }, error);
    }
    if (isTakeover) this.#options.stats.add('takeovers', 1);
    this.#say(
      'info',
      'session_claimed',
      { sessionId, fence },
      { takeover: isTakeover, provider: claimed.config.provider },
    );
  }

  lose(lease: HeldLease): void {
    if (this.#remove(lease)) this.#options.stats.add('lost_leases', 1);
    if (this.#resting.get(lease.sessionId)?.fence === lease.fence) this.#resting.delete(lease.sessionId);
    this.#say('warn', 'lease_lost', lease);
  }

  reportStatus(): void {
    for (const session of this.#sessions.values()) session.reportStatus();
  }

  async handOver(): Promise<void> {
    const sessions = this.sessions();
    const handedOver = await Promise.allSettled([
      ...sessions.map((session) => session.handOver()),
      ...[...this.#resting.values()].map((lease) => this.#options.backbone.release(lease.sessionId, lease.fence)),
    ]);
    this.#sessions.clear();
    this.#resting.clear();
    const failed = handedOver.filter(({ status }) => status === 'rejected').length;
    // A session that could not be handed back is taken over when its lease has run out.
    this.#options.log.info({ event: 'sessions_handed_over', sessions: sessions.length, failed }, 'handed over');
  }

  #open(claimed: ClaimedSession): Session {
    const { providers, pump, stats } = this.#options;
    const provider = providers.get(claimed.config.provider);
    if (provider === undefined)
      throw new Error(`claimed a session for ${claimed.config.provider}, which is not served here`);
    const session: Session = openSession({
      ...this.#options,
      claimed,
      provider,
      listener: {
        onWork: () => pump.wake(session),
        onDecided: (samples) => stats.add('audio_samples_processed', samples),
        onLag: (lagMs) => {
          stats.add('lag_ms_sum', lagMs);
          stats.add('lag_count', 1);
        },
        onEnded: () => {
          this.#remove(claimed);
          this.#say('info', 'session_ended', claimed);
        },
        onFenced: () => {
          stats.add('fenced_writes', 1);
          this.#remove(claimed);
          this.#say('warn', 'write_fenced', claimed);
        },
        onFailed: (error) => {
          this.#remove(claimed);
          this.#rest(claimed, error);
        },
      },
    });
    return session;
  }

  /** Stops and forgets the session, unless what is held under its id is a newer claim. */
  #remove({ sessionId, fence }: HeldLease): boolean {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.fence !== fence) return false;
    session.stop();
    return this.#sessions.delete(sessionId);
  }

  /** A failed session is handed back, at once the first time, then after a pause that grows: it may fail everywhere. */
  #rest({ sessionId, fence }: HeldLease, error: unknown): void {
    const { failures, pauseMs } = this.#failures.note(sessionId);
    const lease = { sessionId, fence };
    this.#resting.set(sessionId, lease);
    this.#options.stats.add('failed_sessions', 1);
    this.#say('error', 'session_failed', lease, { err: error, failures, pause_ms: pauseMs });
    this.#options.after(pauseMs, () => {
      if (this.#resting.get(sessionId) !== lease) return;
      this.#resting.delete(sessionId);
      // When this fails the lease runs out instead.
      this.#options.backbone.release(sessionId, fence).catch(() => undefined);
    });
  }

  #say(level: 'info' | 'warn' | 'error', event: string, lease: HeldLease, fields: object = {}): void {
    const { sessionId, fence } = lease;
    this.#options.log[level]({ event, session_id: sessionId, fence, ...fields }, event.replaceAll('_', ' '));
  }
}
