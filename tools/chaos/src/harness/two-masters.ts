import { setTimeout as sleep } from 'node:timers/promises';
import { askServer, type ServerAddress } from './ask-server.ts';

/** The second master of a double election is demoted after some 10 s; it is seen many times. */
const LOOK_EVERY_MS = 500;

/**
 * Says whether two of the survivors of a killed master called themselves master at the same time, while something went on. Two Sentinels may be elected one after the other and promote one survivor each; then the
 * later one counts, and has no replica to satisfy `min-replicas-to-write` until the earlier one is demoted.
 */
export async function sawTwoMasters(
  survivors: readonly ServerAddress[],
  during: () => Promise<void>,
): Promise<boolean> {
  let areSeen = false;
  let isFinished = false;
  const watch = async () => {
    while (!isFinished) {
      const roles = await Promise.all(survivors.map(roleOf));
      if (roles.filter((role) => role === 'master').length > 1) areSeen = true;
      await sleep(LOOK_EVERY_MS);
    }
  };
  const watching = watch();
  try {
    await during();
  } finally {
    isFinished = true;
    await watching;
  }
  return areSeen;
}

/** `undefined` for one that does not answer. */
async function roleOf(server: ServerAddress): Promise<unknown> {
  const answer = await askServer(server, 'ROLE').catch(() => undefined);
  return Array.isArray(answer) ? (answer as readonly unknown[])[0] : undefined;
}
