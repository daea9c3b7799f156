import type { Presence } from '@verbatim/backbone';
import type { SessionConfig } from '@verbatim/protocol';
import { spreadRetryMs } from '../retry-after.ts';
import { allBusy, placesOf, stayingTranscribers, type FleetFacts } from './admission.ts';
import { GivenPlaces, type Place } from './places.ts';
import type { ProviderChains } from './provider-chains.ts';
import { chooseProviders, mergeOffers, type ChosenProviders, type OfferedProvider } from './provider-choice.ts';

/** What is known of the live fleet without asking Redis for every session. */
export interface FleetView {
  /**
   * Decides a session's recognisers and gives it a place at the first of them. Looks again before it says that a recogniser is not there, so
   * that a transcriber that has just come up serves at once.
   * @throws SttError `overloaded` when all are busy; `provider_unavailable`, `bad_request`, `storage_unavailable`
   */
  admit(config: SessionConfig): Promise<Place>;
  refresh(): Promise<void>;
}

export interface FleetViewParts {
  readonly backbone: Pick<Presence, 'listNodes' | 'countOpenSessions'>;
  /** A steady clock. Units: milliseconds. */
  readonly nowMs: () => number;
  /** Which recognisers are tried in which order. Default: as the transcribers offer them. */
  readonly chains?: ProviderChains;
}

/**
 * A session is admitted by a view that is at most so old. Places are shared out among the gateways at each look, so an old view
 * offers places that others have taken since: the shorter, the less is taken twice. Units: milliseconds.
 */
const FRESH_MS = 500;

/** Opens the view, empty until its first refresh. */
export function createFleetView({ backbone, nowMs, chains }: FleetViewParts): FleetView {
  const given = new GivenPlaces();
  let facts: FleetFacts = { nodes: [], openSessions: 0 };
  let offers: readonly OfferedProvider[] = [];
  let seenAtMs = -Infinity;
  let running: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const beganAtMs = nowMs();
    const [nodes, openSessions] = await Promise.all([backbone.listNodes(), backbone.countOpenSessions()]);
    facts = { nodes, openSessions };
    offers = offersOf(facts);
    seenAtMs = beganAtMs;
    given.forgetSeen(beganAtMs);
  };
  // Many sessions refused at once ask Redis once.
  const refresh = (): Promise<void> => {
    running ??= look().finally(() => {
      running = undefined;
    });
    return running;
  };
  const choose = async (config: SessionConfig): Promise<ChosenProviders> => {
    try {
      return chooseProviders(config, offers, chains);
    } catch {
      await refresh();
      return chooseProviders(config, offers, chains);
    }
  };
  return {
    refresh,
    async admit(config) {
      // A look that fails leaves the older view: whether Redis takes a session, opening it shows. On a cluster it may be one shard.
      if (nowMs() - seenAtMs > FRESH_MS) await refresh().catch(() => undefined);
      const chosen = await choose(config);
      const { provider } = chosen;
      if (given.countOf(provider) >= placesOf(provider, facts)) throw allBusy(provider, spreadRetryMs());
      return given.give(chosen, nowMs);
    },
  };
}

function offersOf(facts: FleetFacts): readonly OfferedProvider[] {
  return mergeOffers(stayingTranscribers(facts).flatMap((record) => record.providers));
}
