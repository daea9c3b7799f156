import { Redis } from 'ioredis';
import { eventually } from '@verbatim/testing';

/** A look into Redis from outside of the product. */
export interface RedisView {
  flushAll(): Promise<void>;
  keyNames(): Promise<readonly string[]>;
  /** Ids of the audio that waits in a session's stream, oldest first: end offsets in samples. */
  audioPositions(sessionId: string): Promise<readonly number[]>;
  close(): void;
}

const KEY_PREFIX = 'stt';
const SCAN_COUNT = 1000;

export function openRedisView(url: string): RedisView {
  const redis = new Redis(url, { maxRetriesPerRequest: 2 });
  // A Redis that is killed on purpose needs no report; a question it cannot answer rejects.
  redis.on('error', () => undefined);
  return {
    flushAll: async () => void (await eventually(() => redis.flushall())),
    async keyNames() {
      const names = new Set<string>();
      for await (const page of redis.scanStream({ count: SCAN_COUNT }))
        for (const name of page as string[]) names.add(name);
      return [...names].sort();
    },
    async audioPositions(sessionId) {
      const shard = sessionId.slice(1, 3);
      const entries = await redis.xrangeBuffer(`${KEY_PREFIX}:{${shard}}:s:${sessionId}:audio`, '-', '+');
      return entries.flatMap(([id, [field]]) =>
        field?.toString() === 'd' ? [Number(id.toString().split('-')[0])] : [],
      );
    },
    close: () => redis.disconnect(),
  };
}
