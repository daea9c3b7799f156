import type { NodeProvider, ProviderName } from '@verbatim/protocol';
import { RecognizerError, type RecognizerCapabilities, type RecognizerFailure } from '@verbatim/recognizers';
import {
  breakerPhase,
  closedBreaker,
  freshRetryBudget,
  noteAnswer,
  stepBreaker,
  stepRetryBudget,
  unknownUsualTime,
  usualMs,
  type BreakerEvent,
  type BreakerPhase,
} from '@verbatim/streaming';

/** One failure is chance; so many without an answer in between are a recogniser that fails, whatever share that is. */
const DEGRADED_AFTER_ERRORS = 3;

/** What takes four times as long as nineteen of twenty answers do is not merely slow. */
const UNUSUAL_FACTOR = 4;
/** A pause of the network, of the service or of this process; below it nobody waits in vain for long. Units: milliseconds. */
export const SHORTEST_PATIENCE_MS = 1500;

/** How one recogniser does in this process: what its calls came to, whether it is asked at all, and what the fleet is told of it. */
export interface ProviderHealth {
  /** Something is asked of it: that earns a part of a retry. */
  asked(): void;
  /** One request came back; without an error it was answered. Units: milliseconds. */
  answered(error: unknown, latencyMs?: number): void;
  /**
   * How long a session that could go elsewhere waits for an answer: what answers have taken of late, several times over. `undefined` while
   * that is unknown. Units: milliseconds.
   */
  readonly patienceMs: number | undefined;
  readonly phase: BreakerPhase;
  /** Why the breaker opened last; `unavailable` before it did. */
  readonly lastFailure: RecognizerFailure;
  /** Whether a session would be admitted now; takes nothing. */
  readonly isAdmitting: boolean;
  /** Lets a session in, when half open as the one probe; `false`: not now. */
  admit(): boolean;
  /** Takes one retry out of the budget, if one is left. */
  takeRetry(): boolean;
  /** The recogniser's part of the node record. */
  describe(): NodeProvider;
}

export interface ProviderHealthOptions {
  readonly name: ProviderName;
  readonly capabilities: RecognizerCapabilities;
  /** Monotonic clock. Units: milliseconds. */
  readonly nowMs: () => number;
  /** The breaker changed; the fleet should hear of it before the next heartbeat. */
  readonly onChanged?: (phase: BreakerPhase) => void;
}

export function createProviderHealth(options: ProviderHealthOptions): ProviderHealth {
  return new MeasuredHealth(options);
}

class MeasuredHealth implements ProviderHealth {
  readonly #options: ProviderHealthOptions;
  #breaker = closedBreaker;
  #budget = freshRetryBudget;
  #usual = unknownUsualTime;
  #errorsInARow = 0;
  #lastFailure: RecognizerFailure = 'unavailable';

  constructor(options: ProviderHealthOptions) {
    this.#options = options;
  }

  get phase(): BreakerPhase {
    return breakerPhase(this.#breaker, this.#options.nowMs());
  }

  get lastFailure(): RecognizerFailure {
    return this.#lastFailure;
  }

  get isAdmitting(): boolean {
    return this.#tryOut({ type: 'admission_asked', atMs: this.#options.nowMs() }).effects.length > 0;
  }

  asked(): void {
    this.#budget = stepRetryBudget(this.#budget, { type: 'request_made' }).state;
  }

  get patienceMs(): number | undefined {
    const usual = usualMs(this.#usual, this.#options.nowMs());
    return usual === undefined ? undefined : Math.max(SHORTEST_PATIENCE_MS, UNUSUAL_FACTOR * usual);
  }

  answered(error: unknown, latencyMs?: number): void {
    const atMs = this.#options.nowMs();
    if (error === undefined) {
      if (latencyMs !== undefined) this.#usual = noteAnswer(this.#usual, { atMs, tookMs: latencyMs });
      this.#errorsInARow = 0;
      this.#take({ type: 'call_succeeded', atMs });
      return;
    }
    // A refusal that the audio deserves, or a defect of ours, says nothing about the recogniser.
    if (!(error instanceof RecognizerError) || !error.isProviderFault) return;
    this.#errorsInARow += 1;
    this.#lastFailure = error.failure;
    this.#take({ type: 'call_failed', atMs, isLasting: !error.isRetryable });
  }

  admit(): boolean {
    return this.#take({ type: 'admission_asked', atMs: this.#options.nowMs() });
  }

  takeRetry(): boolean {
    const { state, effects } = stepRetryBudget(this.#budget, { type: 'retry_asked' });
    this.#budget = state;
    return effects.length > 0;
  }

  describe(): NodeProvider {
    const { name, capabilities } = this.#options;
    return { name, languages: [...capabilities.languages], breaker: this.phase, ...this.#condition() };
  }

  #condition(): Pick<NodeProvider, 'status' | 'reason'> {
    const lastly = `the last failure: ${this.#lastFailure}`;
    switch (this.phase) {
      case 'open':
        return { status: 'down', reason: `it fails and is left alone for a while; ${lastly}` };
      case 'half_open':
        return { status: 'degraded', reason: `it has failed and is being tried again; ${lastly}` };
      case 'closed':
        return this.#errorsInARow < DEGRADED_AFTER_ERRORS
          ? { status: 'ok' }
          : { status: 'degraded', reason: `its last ${this.#errorsInARow} calls failed; ${lastly}` };
    }
  }

  /** `true` where the breaker let somebody in. */
  #take(event: BreakerEvent): boolean {
    const { state, effects } = this.#tryOut(event);
    this.#breaker = state;
    for (const { type } of effects) if (type !== 'admitted') this.#options.onChanged?.(this.phase);
    return effects.some(({ type }) => type === 'admitted');
  }

  #tryOut(event: BreakerEvent) {
    return stepBreaker(this.#breaker, event);
  }
}
