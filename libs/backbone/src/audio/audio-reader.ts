import type { SessionId } from '@verbatim/protocol';
import type { RedisConnection } from '../connection/redis-connection.ts';
import type { AudioCursor, AudioEntry } from '../faces.ts';
import type { Keys } from '../keys.ts';
import { groupByShard } from '../shard-groups.ts';
import { decodeEntry, OPENING_ENTRY_ID } from './audio-entry.ts';
import { whatAnswered } from '../what-answered.ts';

/** Five seconds of audio a session and read: a takeover catches up in a few ticks, and one read stays under 200 kB a session. */
const ENTRIES_PER_READ = 50;

/** Before the first entry; read on from the opening entry, or that one would come back at every tick. */
const FROM_THE_START = '0-0';

/**
 * Reads what is new of many sessions without blocking: one command on a single Redis, one for each shard on a cluster.
 * Shape: sessions with new entries; those of a master that is away are left out.
 * @throws what ioredis throws, when no master answers
 */
export async function readAudioEntries(
  connection: RedisConnection,
  keys: Keys,
  cursors: readonly AudioCursor[],
): Promise<ReadonlyMap<SessionId, readonly AudioEntry[]>> {
  const groups = connection.isCluster
    ? groupByShard(cursors, ({ sessionId }) => sessionId).map(([, group]) => group)
    : [cursors];
  const parts = await whatAnswered(groups.map((group) => readGroup(connection, keys, group)));
  return new Map(parts.flatMap((part) => part ?? []));
}

type SessionEntries = readonly [SessionId, readonly AudioEntry[]];

async function readGroup(
  { client }: RedisConnection,
  keys: Keys,
  cursors: readonly AudioCursor[],
): Promise<readonly SessionEntries[]> {
  if (cursors.length === 0) return [];
  const sessions = new Map<string, SessionId>();
  for (const { sessionId } of cursors) sessions.set(keys.audio(sessionId), sessionId);
  const ids = cursors.map(({ afterStreamId }) => (afterStreamId === FROM_THE_START ? OPENING_ENTRY_ID : afterStreamId));
  const reply = await client.xreadBuffer('COUNT', ENTRIES_PER_READ, 'STREAMS', ...sessions.keys(), ...ids);
  return (reply ?? []).flatMap(([key, items]) => {
    const sessionId = sessions.get(key.toString());
    const entries = items.flatMap(([id, fields]) => decodeEntry(id.toString(), fields) ?? []);
    return sessionId === undefined || entries.length === 0 ? [] : [[sessionId, entries] as const];
  });
}
