import type { BackboneOptions } from '../backbone-options.ts';
import { openConnections } from '../connection/backbone-connections.ts';
import type { GatewaySide } from '../faces.ts';
import { createPresence } from '../presence/presence.ts';
import { createFollowing } from '../text/following.ts';
import { createAudioWriters } from './audio-writers.ts';
import { createChunkUploads } from './chunk-uploads.ts';
import { createSessionRecords } from './session-records.ts';

/**
 * Opens the gateway's face: one connection for appends and scripts, one for subscriptions. Once open it reconnects for ever.
 * @throws SttError `storage_unavailable` within 2 s when Redis is not there
 */
export async function openGatewaySide(options: BackboneOptions): Promise<GatewaySide> {
  const connections = await openConnections(options);
  const writers = createAudioWriters(connections);
  const following = createFollowing(connections);
  return {
    ...createPresence(connections),
    ...createSessionRecords(connections),
    ...createChunkUploads(connections),
    openAudioWriter: writers.open,
    onReconnected: (listener) => connections.commands.onReady(listener),
    follow: following.follow,
    observe: following.observe,
    async close() {
      await writers.flush();
      following.stopAll();
      await connections.close();
    },
  };
}
