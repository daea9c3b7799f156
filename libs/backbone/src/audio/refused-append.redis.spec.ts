import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import type { PendingEntry } from './append-window.ts';
import { isIdRefused, judgeRefusedAppend } from './refused-append.ts';

const KEY = 'audio';
let redis: PrivateRedis;
let raw: Redis;
beforeAll(async () => {
  redis = await startRedis();
  raw = new Redis(redis.url);
});
afterAll(async () => {
  raw.disconnect();
  await redis.stop();
});

const entry: PendingEntry = {
  ...{ streamId: '3200-0', fields: ['d', Buffer.from([1, 255]), 'b', '4'], bytes: 2, position: undefined },
};

async function streamOf(...ids: string[]) {
  await raw.del(KEY);
  for (const id of ids) await raw.xadd(KEY, id, ...entry.fields);
}

describe('an append refused because its id is not the greatest', () => {
  it('is told by Redis in words', async () => {
    await streamOf('3200-0');
    const error: unknown = await raw.xadd(KEY, 'NOMKSTREAM', '3200-0', 'd', 'x').catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(Error);
    expect(isIdRefused(error as Error)).toBe(true);
    expect(isIdRefused(new Error('OOM command not allowed'))).toBe(false);
  });

  it('is stored when Redis holds the same bytes', async () => {
    await streamOf('0-1', '3200-0', '4800-0');
    expect(await judgeRefusedAppend(raw, KEY, entry, false)).toBe('stored');
  });

  it('is foreign when Redis holds other bytes', async () => {
    await streamOf('0-1');
    await raw.xadd(KEY, '3200-0', 'd', Buffer.from([1, 254]), 'b', '4');
    expect(await judgeRefusedAppend(raw, KEY, entry, true)).toBe('foreign');
  });

  it('was stored and is trimmed away when we had sent it before and nothing before it is left', async () => {
    await streamOf('0-1', '3200-0', '4800-0');
    await raw.xtrim(KEY, 'MINID', '4800-0');
    expect(await judgeRefusedAppend(raw, KEY, entry, true)).toBe('stored');
    expect(await judgeRefusedAppend(raw, KEY, entry, false)).toBe('foreign');
  });

  it('was never there when an entry before it is left', async () => {
    await streamOf('1600-0', '4800-0');
    expect(await judgeRefusedAppend(raw, KEY, entry, true)).toBe('foreign');
  });
});
