import type { ProviderName } from '@verbatim/protocol';
import type { ChosenProviders } from './provider-choice.ts';

/** A place in the fleet that one session was given. */
export interface Place extends ChosenProviders {
  /** The session is in Redis, or was not opened after all: the next look sees it by itself. */
  settle(): void;
}

interface GivenPlace {
  readonly provider: ProviderName;
  settledAtMs: number;
}

/**
 * Remembers which places were given away since a look at the fleet, until a later look sees their sessions.
 *
 * A look takes a round trip, and opening a session takes another: a session that was given a place before the look and was in
 * Redis only after it is in no figure of that look. So a place counts until a look has begun after it was settled.
 */
export class GivenPlaces {
  readonly #given = new Set<GivenPlace>();

  /** @param nowMs a steady clock */
  give(chosen: ChosenProviders, nowMs: () => number): Place {
    const given: GivenPlace = { provider: chosen.provider, settledAtMs: Infinity };
    this.#given.add(given);
    return { ...chosen, settle: () => void (given.settledAtMs = Math.min(given.settledAtMs, nowMs())) };
  }

  /** A look that began at `beganAtMs` is over. */
  forgetSeen(beganAtMs: number): void {
    for (const given of this.#given) if (given.settledAtMs < beganAtMs) this.#given.delete(given);
  }

  countOf(provider: ProviderName): number {
    let count = 0;
    for (const given of this.#given) if (given.provider === provider) count += 1;
    return count;
  }
}
