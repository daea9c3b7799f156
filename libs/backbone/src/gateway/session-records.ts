import type { Seq, SessionId, SessionState } from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { GatewaySide, SessionSnapshot } from '../faces.ts';
import { detachScript } from '../scripts/detach.ts';
import { keepAliveScript } from '../scripts/keep-alive.ts';
import { runScript } from '../scripts/script.ts';
import { sessionKeys } from '../session-keys.ts';
import { groupByShard } from '../shard-groups.ts';
import { decodeConfig } from '../stored-config.ts';
import { deleteSession } from './delete-session.ts';
import { openSession } from './open-session.ts';
import { resumeSession } from './resume-session.ts';

type SessionRecords = Pick<
  GatewaySide,
  'openSession' | 'resumeSession' | 'keepAlive' | 'detach' | 'readSession' | 'deleteSession'
>;

/** The part of the gateway's face that opens, resumes, keeps, reads and forgets sessions. */
export function createSessionRecords(parts: BackboneParts): SessionRecords {
  const { settings, keys, commands } = parts;
  return {
    openSession: (config) => openSession(parts, config),
    resumeSession: (sessionId, resumeToken) => resumeSession(parts, sessionId, resumeToken),
    keepAlive: (sessionIds) => keepAlive(parts, sessionIds),
    deleteSession: (sessionId) => deleteSession(parts, sessionId),

    detach: (sessionId, connection) =>
      commands.run(async (client) => {
        await runScript(client, detachScript, {
          keys: sessionKeys(keys, sessionId),
          args: {
            ...{ sessionId, connection },
            ...{ resumeWindowMs: settings.resumeWindowMs, slackMs: settings.reaperSlackMs },
          },
        });
      }),

    readSession: (sessionId) =>
      commands.run(async (client) => {
        const fields = await client.hmget(keys.session(sessionId), 'config', 'state', 'epoch', 'seq');
        return toSnapshot(sessionId, fields);
      }),
  };
}

function keepAlive(
  { settings, keys, commands }: BackboneParts,
  sessionIds: readonly SessionId[],
): Promise<readonly SessionId[]> {
  return commands.run(async (client) => {
    const calls = groupByShard(sessionIds, (sessionId) => sessionId).map(([shard, group]) =>
      runScript(client, keepAliveScript, {
        keys: { expiry: keys.expiry(shard) },
        args: { liveTtlMs: settings.liveTtlMs, slackMs: settings.reaperSlackMs },
        moreKeys: group.map((sessionId) => sessionKeys(keys, sessionId)),
        moreArgs: group.map((sessionId) => ({ sessionId })),
      }),
    );
    return (await Promise.all(calls)).flat();
  });
}

function toSnapshot(sessionId: SessionId, fields: readonly (string | null)[]): SessionSnapshot | undefined {
  const [config, state, epoch, seq] = fields;
  if (typeof config !== 'string' || typeof epoch !== 'string') return undefined;
  return { sessionId, config: decodeConfig(config), state: state as SessionState, epoch, lastSeq: Number(seq) as Seq };
}
