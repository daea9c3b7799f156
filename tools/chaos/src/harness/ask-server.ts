import { Redis } from 'ioredis';
import { eventually } from '@verbatim/testing';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** One question to a server on the same machine, be it in another network namespace. */
const ANSWER_WITHIN_MS = 2000;

/** A replica that was a master finds its new master after 8 to 10 s, then it is filled. */
const FOLLOWED_WITHIN_MS = 60_000;

const LOOK_EVERY_MS = 100;

/**
 * Asks a Redis or a Sentinel one thing, over a connection of its own.
 * @throws Error with what it said when it refuses, or when it does not answer in time
 */
export async function askServer(
  { host, port }: ServerAddress,
  command: string,
  ...words: readonly string[]
): Promise<unknown> {
  const redis = new Redis({
    ...{ host, port, protocol: 2, lazyConnect: true, enableReadyCheck: false, disableClientInfo: true },
    ...{ connectTimeout: ANSWER_WITHIN_MS, commandTimeout: ANSWER_WITHIN_MS, retryStrategy: () => null },
  });
  // the question itself rejects
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(command, ...words);
  } finally {
    redis.disconnect();
  }
}

/** Waits until a master has so many replicas that hear its writes. */
export async function untilFollowed(master: () => Promise<ServerAddress>, replicas: number): Promise<void> {
  const isFollowed = async () => {
    const { host, port } = await master();
    const online = onlineReplicas(String(await askServer({ host, port }, 'INFO', 'replication')));
    if (online < replicas) throw new Error(`${online} of ${replicas} replicas follow the master at ${host}:${port}`);
  };
  await eventually(isFollowed, { timeoutMs: FOLLOWED_WITHIN_MS, everyMs: LOOK_EVERY_MS });
}

/** Reads `INFO replication` of a master. */
function onlineReplicas(info: string): number {
  return info.match(/state=online/g)?.length ?? 0;
}
