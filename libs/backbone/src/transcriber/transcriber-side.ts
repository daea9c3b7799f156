import { SttError } from '@verbatim/protocol';
import { readAudioEntries } from '../audio/audio-reader.ts';
import type { BackboneOptions } from '../backbone-options.ts';
import { openConnections, type BackboneConnections } from '../connection/backbone-connections.ts';
import type { CommitRequest, CommitResult, TranscriberSide } from '../faces.ts';
import { createPresence } from '../presence/presence.ts';
import { commitScript } from '../scripts/commit.ts';
import { runScript } from '../scripts/script.ts';
import { sessionKeys } from '../session-keys.ts';
import { encodeTransient } from '../text/channel-payload.ts';
import { publish, publishCommand } from '../text/subscriber.ts';
import { claimSessions } from './claiming.ts';
import { createLeases } from './leases.ts';
import { listenForWork } from './work-channel.ts';

/**
 * Opens the transcriber's face: one connection for reads and commits, one for wake-ups. Once open it reconnects for ever.
 * Every write carries the fence and `nodeId`: after a failover that lost a claim, two nodes may have been given the same fence.
 * @throws SttError `storage_unavailable` within 2 s when Redis is not there
 */
export async function openTranscriberSide(
  options: BackboneOptions & { readonly nodeId: string },
): Promise<TranscriberSide> {
  const { nodeId } = options;
  const connections = await openConnections(options);
  const { keys, commands } = connections;
  const work = await listenForWork(connections);
  return {
    ...createPresence(connections),
    ...createLeases(connections, nodeId),
    claim: (limit, providers) => claimSessions(connections, { nodeId, limit, providers }),
    onWork: (listener) => work.onWork(listener),
    readAudio: (cursors) => commands.run(() => readAudioEntries(commands, keys, cursors)),
    commit: (request) => commit(connections, nodeId, request),
    publish(sessionId, fence, json) {
      // at most once by contract: what cannot be sent now is outdated when it could be
      publish(commands, keys.text(sessionId), encodeTransient(fence, json)).catch(() => undefined);
    },
    close: () => connections.close(),
  };
}

const RESULTS = {
  ...{ COMMITTED: 'committed', ALREADY: 'committed', FENCED: 'fenced', ROLLED_BACK: 'rolled_back' },
} as const satisfies Record<string, CommitResult>;

/** A commit whose reply was lost is not repeated here: the transcriber does, with the same content, and gets `committed`. */
async function commit(
  { keys, commands, settings }: BackboneConnections,
  nodeId: string,
  request: CommitRequest,
): Promise<CommitResult> {
  const { sessionId } = request;
  if (request.messages.length === 0 && request.endsSession)
    throw SttError.from(new RangeError('a commit that ends a session carries its last message'));
  const reply = await commands.run((client) =>
    runScript(client, commitScript, {
      keys: sessionKeys(keys, sessionId),
      args: {
        ...{ sessionId, nodeId, fence: request.fence, afterSeq: request.afterSeq },
        checkpoint: request.checkpoint,
        releaseBeforeSample: request.releaseBeforeSample,
        ends: request.endsSession ? 1 : 0,
        keyTtlMs: settings.liveTtlMs + settings.reaperSlackMs,
        retentionMs: settings.retentionMs,
        publish: publishCommand(commands),
      },
      moreArgs: request.messages,
    }),
  );
  return RESULTS[reply];
}
