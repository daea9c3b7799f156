import type { Presence } from '@verbatim/backbone';
import { PROVIDERS, type NodeRecord, type ProviderName, type SessionConfig } from '@verbatim/protocol';
import { chooseProvider, mergeOffers, type OfferedProvider } from './provider-choice.ts';

export interface FleetNode {
  readonly nodeId: string;
  readonly record: NodeRecord;
}

/** What is known of the live transcribers without asking Redis for every session. */
export interface FleetView {
  readonly offers: readonly OfferedProvider[];
  /**
   * Decides a session's recogniser from what is known; looks again before it refuses, so that a transcriber that has just
   * come up serves at once.
   * @throws SttError `provider_unavailable`, `bad_request`, `storage_unavailable`
   */
  choose(config: SessionConfig): Promise<ProviderName>;
  refresh(): Promise<void>;
}

/** Opens the view, empty until its first refresh. */
export function createFleetView(backbone: Pick<Presence, 'listNodes'>): FleetView {
  let offers: readonly OfferedProvider[] = [];
  let running: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    offers = offersOf(await backbone.listNodes());
  };
  // Many sessions refused at once ask Redis once.
  const refresh = (): Promise<void> => {
    running ??= look().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    get offers() {
      return offers;
    },
    refresh,
    async choose(config) {
      try {
        return chooseProvider(config, offers);
      } catch {
        await refresh();
        return chooseProvider(config, offers);
      }
    },
  };
}

/** A draining transcriber takes no new session, so it offers nothing. */
function offersOf(nodes: readonly FleetNode[]): readonly OfferedProvider[] {
  const serving = nodes.filter(({ record }) => record.role === 'transcriber' && !record.draining);
  return mergeOffers(
    serving.flatMap(({ record }) => record.providers),
    isProviderName,
  );
}

function isProviderName(name: string): name is ProviderName {
  return (PROVIDERS as readonly string[]).includes(name);
}
