import { FOR_EVER_MS } from './calls.ts';
import { insist } from './invariants.ts';
import { endReasonOf } from './ledger.ts';
import type { Oracle, World } from './world.ts';

/** Long ago, by any clock. 0 would say that a session is nobody's. */
export const LONG_AGO_MS = 1;

/** The lease of whoever owns the session runs out; a session that is nobody's has none. */
export async function letLeaseRunOut(world: World): Promise<void> {
  const open = world.keys.open(0);
  if (Number(await world.redis.zscore(open, world.sessionId)) === 0) return;
  await world.redis.zadd(open, 'XX', LONG_AGO_MS, world.sessionId);
  world.know({ isLeaseAlive: false });
  await world.lookAgain();
}

/** The resume window passes, or the gateway gave no sign of life for too long. */
export async function letWindowPass(world: World): Promise<void> {
  await world.redis.zadd(world.keys.expiry(0), 'XX', LONG_AGO_MS, world.sessionId);
  await world.lookAgain();
}

/** All that Redis holds is lost, or only the audio. */
export async function lose(world: World, what: 'everything' | 'audio'): Promise<void> {
  const keys = what === 'audio' ? [world.keys.audio(world.sessionId)] : world.storedKeys();
  await world.redis.unlink(...keys);
  world.isBroken = true;
  world.reconnect();
  await world.lookAgain();
}

/** Somebody deletes the session, whatever goes on. Nothing of it is left, and the end of the story shows that nothing comes back. */
export async function forget(world: World): Promise<void> {
  const wasThere = world.look.state !== undefined;
  world.isBroken = true;
  const reply = await world.ask(world.calls.delete());
  insist(!wasThere || reply === 'DELETED', 'whoever deletes a session is told that there was one');
  const { hasRecord, audioEndFrame, log, isInOpen, isInExpiry } = world.look;
  const isForgotten = !hasRecord && audioEndFrame === undefined && log.length === 0;
  insist(isForgotten && !isInOpen && !isInExpiry, 'nothing is left of a session that was deleted');
}

/** A replica that stood still at this moment. */
export interface Replica {
  readonly dumps: readonly (readonly [key: string, dump: Buffer | null])[];
  readonly oracle: Oracle;
}

export async function takeReplica(world: World): Promise<Replica> {
  const keys = world.storedKeys();
  const dumps = await Promise.all(keys.map(async (key) => [key, await world.redis.dumpBuffer(key)] as const));
  return { dumps, oracle: world.oracle };
}

/**
 * The replica becomes the master: what was acknowledged since is gone, and whoever acknowledged it does not know. Every connection
 * to the old master is cut, so every writer verifies; on a cluster they hear of it later, and go on meanwhile. What hung in the network was
 * on its way to the old master. Transcribers learn it
 * from their next answer only.
 */
export async function failOver(world: World, { dumps, oracle }: Replica): Promise<void> {
  await Promise.all(
    dumps.map(([key, dump]) =>
      dump === null ? world.redis.unlink(key) : world.redis.restore(key, FOR_EVER_MS, dump, 'REPLACE').then(() => 1),
    ),
  );
  world.oracle = oracle;
  world.stragglers.length = 0;
  world.hasFailedOver = true;
  world.hasLostItsExpiry ||= world.look.state === 'expiring' || endReasonOf(world.look.log) === 'expire';
  if (!world.isCluster) world.reconnect();
  await world.lookAgain();
}
