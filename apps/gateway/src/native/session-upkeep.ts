import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { SessionStatus, SttError } from '@verbatim/protocol';
import { storageGone } from '../public-error.ts';
import type { NativeLimits } from './limits.ts';
import { idleFor } from './session-errors.ts';
import { StorageStall } from './storage-stall.ts';
import type { StorageWatch } from './storage-watch.ts';

/** What a look at a session came to. */
export type UpkeepFinding =
  | { readonly kind: 'fine' }
  | { readonly kind: 'fail'; readonly error: SttError }
  | { readonly kind: 'tell'; readonly status: Pick<SessionStatus, 'state' | 'lag_ms' | 'reason'> };

export interface SessionLook {
  readonly appendedSample: number;
  readonly storedSample: number;
  /** No frame is read from the client just now. */
  readonly isUnderPressure: boolean;
  readonly nowMs: number;
}

const SAMPLES_PER_MS = PIPELINE_SAMPLE_RATE_HZ / 1000;
const FINE: UpkeepFinding = { kind: 'fine' };

/** Audio waits for Redis, or for a transcriber: pausing a socket is no signal to a client, so it is told. */
const STORAGE_REASON = 'storage takes no audio at the moment; audio is kept until it does';
const BACKLOG_REASON = 'recognition is behind; audio is taken again when it has caught up';
const RECOVERED_REASON = 'audio is taken again';

/** Once a round: is the client still there, does Redis take its audio, has the client been told? No timer of its own. */
export class SessionUpkeep {
  readonly #limits: NativeLimits;
  readonly #storage: StorageWatch;
  readonly #stall = new StorageStall();
  #lastLifeAtMs: number;
  #hasSignOfLife = false;
  #pressedSinceMs: number | undefined;
  #isToldDegraded = false;

  constructor(parts: { readonly limits: NativeLimits; readonly storage: StorageWatch }, nowMs: number) {
    this.#limits = parts.limits;
    this.#storage = parts.storage;
    this.#lastLifeAtMs = nowMs;
  }

  /** Audio or a message came. Called for every frame: reads no clock. */
  noteLife(): void {
    this.#hasSignOfLife = true;
  }

  look(session: SessionLook): UpkeepFinding {
    if (this.#isIdle(session)) return { kind: 'fail', error: idleFor(this.#limits.idleTimeoutMs) };
    const times = { nowMs: session.nowMs, downSinceMs: this.#storage.downSinceMs };
    const verdict = this.#stall.judge(session, times, this.#limits);
    if (verdict === 'given_up') return { kind: 'fail', error: storageGone() };
    const isBacklogged = this.#isPressedLong(session);
    return this.#tell(verdict === 'degraded' ? STORAGE_REASON : isBacklogged ? BACKLOG_REASON : undefined, session);
  }

  /** A client that is held back cannot show that it lives. */
  #isIdle({ isUnderPressure, nowMs }: SessionLook): boolean {
    if (this.#hasSignOfLife || isUnderPressure) this.#lastLifeAtMs = nowMs;
    this.#hasSignOfLife = false;
    return nowMs - this.#lastLifeAtMs >= this.#limits.idleTimeoutMs;
  }

  #isPressedLong({ isUnderPressure, nowMs }: SessionLook): boolean {
    if (isUnderPressure) this.#pressedSinceMs ??= nowMs;
    else this.#pressedSinceMs = undefined;
    return this.#pressedSinceMs !== undefined && nowMs - this.#pressedSinceMs >= this.#limits.degradedAfterMs;
  }

  #tell(trouble: string | undefined, { appendedSample, storedSample }: SessionLook): UpkeepFinding {
    const isDegraded = trouble !== undefined;
    if (isDegraded === this.#isToldDegraded) return FINE;
    this.#isToldDegraded = isDegraded;
    const lagMs = Math.round((appendedSample - storedSample) / SAMPLES_PER_MS);
    return {
      kind: 'tell',
      status: { state: isDegraded ? 'degraded' : 'ok', lag_ms: lagMs, reason: trouble ?? RECOVERED_REASON },
    };
  }
}
