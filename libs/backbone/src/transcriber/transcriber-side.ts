import { shardOf, SttError } from '@verbatim/protocol';
import { readAudioEntries } from '../audio/audio-reader.ts';
import type { BackboneOptions } from '../backbone-options.ts';
import { openConnections, type BackboneConnections } from '../connection/backbone-connections.ts';
import type { CommitRequest, CommitResult, TranscriberSide } from '../faces.ts';
import { createPresence } from '../presence/presence.ts';
import { commitScript } from '../scripts/commit.ts';
import { runScript } from '../scripts/script.ts';
import { encodeTransient } from '../text/channel-payload.ts';
import { publish, publishCommand } from '../text/subscriber.ts';
import { claimSessions } from './claiming.ts';
import { createLeases } from './leases.ts';
import { listenForWork } from './work-channel.ts';

/**
 * Opens the transcriber's face: one connection for reads and commits, one for wake-ups. Once open it reconnects for ever.
 * @throws SttError `storage_unavailable` within 2 s when Redis is not there
 */
export async function openTranscriberSide(options: BackboneOptions): Promise<TranscriberSide> {
  const connections = await openConnections(options);
  const { keys, commands } = connections;
  const work = await listenForWork(connections);
  return {
    ...createPresence(connections),
    ...createLeases(connections),
    claim: (nodeId, limit, providers) => claimSessions(connections, { nodeId, limit, providers }),
    onWork: (listener) => work.onWork(listener),
    readAudio: (cursors) => commands.run(() => readAudioEntries(commands, keys, cursors)),
    commit: (request) => commit(connections, request),
    publish(sessionId, fence, json) {
      // at most once by contract: what cannot be sent now is outdated when it could be
      publish(commands, keys.text(sessionId), encodeTransient(fence, json)).catch(() => undefined);
    },
    close: () => connections.close(),
  };
}

/** A commit whose reply was lost is not repeated here: the transcriber does, with the same content, and gets `committed`. */
async function commit(
  { keys, commands, settings }: BackboneConnections,
  request: CommitRequest,
): Promise<CommitResult> {
  const { sessionId } = request;
  if (request.messages.length === 0 && request.endsSession)
    throw SttError.from(new RangeError('a commit that ends a session carries its last message'));
  const reply = await commands.run((client) =>
    runScript(client, commitScript, {
      keys: {
        session: keys.session(sessionId),
        log: keys.log(sessionId),
        audio: keys.audio(sessionId),
        open: keys.open(shardOf(sessionId)),
        text: keys.text(sessionId),
      },
      args: {
        fence: request.fence,
        sessionId,
        checkpoint: request.checkpoint,
        releaseBeforeSample: request.releaseBeforeSample,
        ends: request.endsSession ? 1 : 0,
        liveTtlMs: settings.liveTtlMs,
        retentionMs: settings.retentionMs,
        publish: publishCommand(commands),
      },
      moreArgs: request.messages,
    }),
  );
  return reply === 'FENCED' ? 'fenced' : 'committed';
}
