import { RecognizerError, type RecognizerFailure } from '@verbatim/recognizers';
import type { DecodeKind } from '@verbatim/streaming';
import type { ProviderBench } from '../session/session-options.ts';
import { respondTo } from './failure-response.ts';
import { createOutageWatch, type OutageWatch } from './outage-watch.ts';
import { createProviderChain, type ProviderChain } from './provider-chain.ts';

export interface SessionFailoverOptions {
  /** The recognisers that may serve the session here, the preferred one first; never empty. */
  readonly benches: readonly ProviderBench[];
  /** Monotonic clock. Units: milliseconds. */
  readonly nowMs: () => number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

/** A session goes on with another recogniser: because of a failure, or without one back to a recogniser that is well again. */
export interface ProviderSwitch {
  readonly type: 'switch';
  readonly to: ProviderBench;
  readonly failure: RecognizerFailure | undefined;
}

export interface FailedCall {
  /** How often this request has failed, this time included. */
  readonly attempt: number;
  readonly kind: DecodeKind;
}

export type FailureDecision =
  | ProviderSwitch
  /** `isHopeless`: the client should be told that waiting does not help. */
  | { readonly type: 'retry'; readonly delayMs: number; readonly isHopeless: boolean }
  | { readonly type: 'let_go' | 'give_up' };

/** Decides for one session which recogniser it uses; the session does it. */
export interface SessionFailover {
  readonly current: ProviderBench;
  /** A call to the current recogniser came back with an error. */
  failed(error: unknown, call: FailedCall): FailureDecision;
  /** The current recogniser said something. */
  recognized(): void;
  /** How long a call to the current recogniser may take where the session has others; `undefined` for no bound of its own. Units: milliseconds. */
  readonly patienceMs: number | undefined;
  /** A call took longer than that: the session goes elsewhere if it can now, and the other sessions hear of it. */
  lostPatience(): ProviderSwitch | undefined;
  /**
   * Looks round without a failure of the session's own: others may have found out that its recogniser is out of order, or that a better one
   * is well again, to which it goes back only when nothing is under way.
   */
  reconsider(isBetweenUtterances: boolean): ProviderSwitch | undefined;
  take(change: ProviderSwitch): void;
}

export function createSessionFailover(options: SessionFailoverOptions): SessionFailover {
  return new ChainedFailover(options);
}

class ChainedFailover implements SessionFailover {
  /** Its client named the recogniser, or nothing else is here. */
  readonly #isAlone: boolean;
  readonly #random: () => number;
  readonly #chain: ProviderChain;
  readonly #outage: OutageWatch;
  #failuresInARow = 0;

  constructor({ benches, nowMs, random }: SessionFailoverOptions) {
    this.#isAlone = benches.length === 1;
    this.#random = random;
    this.#chain = createProviderChain(benches, nowMs);
    this.#outage = createOutageWatch(nowMs);
  }

  get current(): ProviderBench {
    return this.#chain.current;
  }

  failed(error: unknown, { attempt, kind }: FailedCall): FailureDecision {
    const { health } = this.current;
    const alternative = this.#chain.alternative();
    this.#failuresInARow += error instanceof RecognizerError ? error.failedRequests : 1;
    const response = respondTo(error, {
      attempt,
      failuresInARow: this.#failuresInARow,
      isInterim: kind === 'interim',
      hasAlternative: alternative !== undefined,
      isBreakerOpen: health.phase === 'open',
      takeRetry: () => health.takeRetry(),
      random: this.#random,
    });
    if (response.type === 'retry') return { ...response, isHopeless: this.#outage.failed(error) };
    if (response.type !== 'switch' || alternative === undefined)
      return { type: response.type === 'let_go' ? 'let_go' : 'give_up' };
    return { type: 'switch', to: alternative, failure: failureOf(error) };
  }

  recognized(): void {
    this.#failuresInARow = 0;
    this.#outage.recognized();
  }

  get patienceMs(): number | undefined {
    return this.#isAlone ? undefined : this.current.health.patienceMs;
  }

  lostPatience(): ProviderSwitch | undefined {
    const { health, name } = this.current;
    const to = this.#chain.alternative();
    if (to === undefined) return undefined;
    health.answered(new RecognizerError(`Recogniser ${name} takes far longer than usual.`, { failure: 'timeout' }));
    return { type: 'switch', to, failure: 'timeout' };
  }

  reconsider(isBetweenUtterances: boolean): ProviderSwitch | undefined {
    const { health } = this.current;
    if (health.phase === 'open') {
      const to = this.#chain.alternative();
      return to && { type: 'switch', to, failure: health.lastFailure };
    }
    const to = isBetweenUtterances ? this.#chain.recovered() : undefined;
    return to && { type: 'switch', to, failure: undefined };
  }

  take({ to, failure }: ProviderSwitch): void {
    this.#failuresInARow = 0;
    this.#chain.take(to, failure !== undefined);
  }
}

function failureOf(error: unknown): RecognizerFailure | undefined {
  return error instanceof RecognizerError ? error.failure : undefined;
}
