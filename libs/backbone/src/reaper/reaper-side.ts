import type { BackboneOptions } from '../backbone-options.ts';
import { openConnections } from '../connection/backbone-connections.ts';
import type { ReaperSide } from '../faces.ts';
import { createPresence } from '../presence/presence.ts';
import { expireDue } from './expire-due.ts';
import { healShard } from './heal-shard.ts';

/**
 * Opens the reaper's face. Once open it reconnects for ever.
 * @throws SttError `storage_unavailable` within 2 s when Redis is not there
 * @see docs/adr/0009-expiry-set-and-reaper.md
 */
export async function openReaperSide(options: BackboneOptions): Promise<ReaperSide> {
  const connections = await openConnections(options);
  return {
    ...createPresence(connections),
    shards: connections.settings.shards,
    async reapShard(shard) {
      const { expired, gone } = await expireDue(connections, shard);
      return { expired, healed: gone + (await healShard(connections, shard)) };
    },
    close: () => connections.close(),
  };
}
