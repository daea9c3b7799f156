import type { ClaimedSession, TranscriberSide } from '@verbatim/backbone';
import type { Logger } from '@verbatim/observability';
import { PROVIDER_COUNTERS, type OpenSessionConfig, type ProviderName, type SessionId } from '@verbatim/protocol';
import type { HeldLease } from '../claiming/lease-keeper.ts';
import { readCheckpoint, UnreadableCheckpointError } from '../committing/session-checkpoint.ts';
import type { StatsCounter } from '../presence/stats-counter.ts';
import { createFailureRecord, type FailureRecord } from './failure-record.ts';
import { coveredMs, isQuarantined, openQuarantinedSession } from './quarantined-session.ts';
import { openSession, type Session } from './session.ts';
import type { ProviderBench, ProviderChange, SessionOptions } from './session-options.ts';
import { DEGRADED_LAG_MS } from './status-tracker.ts';
import type { WorkPump } from './work-pump.ts';

export interface HeldSessionsOptions extends Pick<
  SessionOptions,
  'nowMs' | 'wallMs' | 'random' | 'after' | 'hedgeAfterMs'
> {
  readonly backbone: Pick<TranscriberSide, 'commit' | 'publish' | 'readLog' | 'release'>;
  readonly providers: ReadonlyMap<ProviderName, ProviderBench>;
  readonly pump: WorkPump;
  readonly stats: StatsCounter;
  readonly log: Logger;
}

/** The sessions this process owns, and what becomes of each. */
export interface HeldSessions {
  start(claimed: ClaimedSession): void;
  /** One of {@link leases} went to somebody else. */
  lose(lease: HeldLease): void;
  readonly size: number;
  leases(): readonly HeldLease[];
  sessions(): readonly Session[];
  /** Share of the sessions whose text is so late that their clients are told. 0 to 1. */
  readonly lateShare: number;
  reportStatus(): void;
  /** A recogniser's breaker has opened or closed: each session may want to go on with another one. */
  reconsider(): void;
  /** Commits what is decided and hands every session back. */
  handOver(): Promise<void>;
}

export function createHeldSessions(options: HeldSessionsOptions): HeldSessions {
  return new OwnedSessions(options);
}

type ReleaseReason = Parameters<TranscriberSide['release']>[2];

interface RestingLease extends HeldLease {
  readonly why: ReleaseReason;
}

class OwnedSessions implements HeldSessions {
  readonly #options: HeldSessionsOptions;
  readonly #sessions = new Map<SessionId, Session>();
  /** Failed sessions whose lease is kept for a while, so that nobody tries them again at once. */
  readonly #resting = new Map<SessionId, RestingLease>();
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
    if (this.#resting.get(lease.sessionId) === lease) this.#resting.delete(lease.sessionId);
    this.#say('warn', 'lease_lost', lease);
  }

  get lateShare(): number {
    const sessions = this.sessions();
    const late = sessions.filter(({ lagMs }) => lagMs > DEGRADED_LAG_MS);
    return late.length / Math.max(1, sessions.length);
  }

  reportStatus(): void {
    for (const session of this.#sessions.values()) session.reportStatus();
  }

  reconsider(): void {
    for (const session of this.#sessions.values()) session.reconsider();
  }

  async handOver(): Promise<void> {
    const sessions = this.sessions();
    const handedOver = await Promise.allSettled([
      ...sessions.map((session) => session.handOver()),
      ...[...this.#resting.values()].map(({ sessionId, fence, why }) =>
        this.#options.backbone.release(sessionId, fence, why),
      ),
    ]);
    this.#sessions.clear();
    this.#resting.clear();
    const failed = handedOver.filter(({ status }) => status === 'rejected').length;
    // A session that could not be handed back is taken over when its lease has run out.
    this.#options.log.info({ event: 'sessions_handed_over', sessions: sessions.length, failed }, 'handed over');
  }

  #open(claimed: ClaimedSession): Session {
    const { pump, stats } = this.#options;
    const open = isQuarantined(claimed) ? openQuarantinedSession : openSession;
    const session: Session = open({
      ...this.#options,
      claimed,
      benches: this.#benchesFor(claimed.config),
      listener: {
        onWork: () => pump.wake(session),
        onDecided: (samples) => stats.add('audio_samples_processed', samples),
        onLag: (lagMs) => {
          stats.add('lag_ms_sum', lagMs);
          stats.add('lag_count', 1);
        },
        onEnded: () => {
          this.#remove(session);
          this.#sayEnded(claimed);
        },
        onFenced: () => {
          stats.add('fenced_writes', 1);
          this.#remove(session);
          this.#say('warn', 'write_fenced', claimed);
        },
        onRolledBack: () => {
          stats.add('rolled_back_commits', 1);
          this.#say('warn', 'commit_rolled_back', claimed);
          // Claimed anew it goes on from what Redis holds now; the audio since then is still there or is sent again.
          if (this.#remove(session)) this.#release(claimed, 'handed_over');
        },
        onSwitched: (change) => this.#noteSwitch(claimed, change),
        onHedged: ({ type, ...names }) =>
          stats.add(type === 'asked' ? PROVIDER_COUNTERS.hedges(names) : PROVIDER_COUNTERS.hedgesWon(names), 1),
        onFailed: (error) => {
          if (this.#remove(session)) this.#rest(claimed, error);
        },
      },
    });
    return session;
  }

  /** The session's chain as far as this process has it: its fallbacks may be served elsewhere only. */
  #benchesFor({ provider, fallbacks = [] }: OpenSessionConfig): readonly ProviderBench[] {
    const { providers } = this.#options;
    if (!providers.has(provider)) throw new Error(`claimed a session for ${provider}, which is not served here`);
    return [...new Set([provider, ...fallbacks])].flatMap((name) => providers.get(name) ?? []);
  }

  #noteSwitch(claimed: ClaimedSession, { from, to, failure }: ProviderChange): void {
    if (failure !== undefined) this.#options.stats.add(PROVIDER_COUNTERS.failovers({ from, to, failure }), 1);
    this.#say(failure === undefined ? 'info' : 'warn', 'provider_switched', claimed, { from, to, failure });
  }

  /**
   * Stops and forgets the session, unless what is held under its id is a newer claim. Told by the object, not by the fence: when a
   * failover takes a claim back, this process may claim the session again under the very number it had before.
   */
  #remove(session: HeldLease): boolean {
    const held = this.#sessions.get(session.sessionId);
    if (held !== session) return false;
    held.stop();
    return this.#sessions.delete(session.sessionId);
  }

  /** A failed session is handed back, at once the first time, then after a pause that grows: it may fail everywhere. */
  #rest({ sessionId, fence }: HeldLease, error: unknown): void {
    const { failures, pauseMs } = this.#failures.note(sessionId);
    // Another version's checkpoint says nothing against the audio: it must not count towards quarantine.
    const why = error instanceof UnreadableCheckpointError ? 'handed_over' : 'failed';
    const lease: RestingLease = { sessionId, fence, why };
    this.#resting.set(sessionId, lease);
    this.#options.stats.add('failed_sessions', 1);
    this.#say('error', 'session_failed', lease, { err: error, failures, pause_ms: pauseMs });
    this.#options.after(pauseMs, () => {
      if (this.#resting.get(sessionId) !== lease) return;
      this.#resting.delete(sessionId);
      this.#release(lease, why);
    });
  }

  #release({ sessionId, fence }: HeldLease, why: ReleaseReason): void {
    // When this fails the lease runs out instead.
    this.#options.backbone.release(sessionId, fence, why).catch(() => undefined);
  }

  #sayEnded(claimed: ClaimedSession): void {
    if (!isQuarantined(claimed)) return this.#say('info', 'session_ended', claimed);
    this.#options.stats.add('quarantined_sessions', 1);
    const { failedOwners, checkpoint, config } = claimed;
    const covered_ms = coveredMs(readCheckpoint(checkpoint, config.channels));
    this.#say('error', 'session_quarantined', claimed, { failed_owners: failedOwners, covered_ms });
  }

  #say(level: 'info' | 'warn' | 'error', event: string, lease: HeldLease, fields: object = {}): void {
    const { sessionId, fence } = lease;
    this.#options.log[level]({ event, session_id: sessionId, fence, ...fields }, event.replaceAll('_', ' '));
  }
}
