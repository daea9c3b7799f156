import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../eventually.ts';
import { askRedis } from './redis-question.ts';
import { FEW_LOST_WRITES, startRedisSentinelSet, type RedisSentinelSet } from './sentinel-set.ts';

let set: RedisSentinelSet;
beforeAll(async () => {
  set = await startRedisSentinelSet({ args: FEW_LOST_WRITES });
}, 60_000);
afterAll(() => set.stop());

const SWITCHED_WITHIN_MS = 20_000;

describe('a Sentinel set', () => {
  it('has a master whose writes reach its replicas, with the arguments asked for', async () => {
    const master = await set.master();
    expect(set.url).toMatch(/^redis\+sentinel:\/\/(127\.0\.0\.1:\d+,){2}127\.0\.0\.1:\d+\/main$/);
    expect(await askRedis(master.port, 'SET', 'kept', 'yes')).toBe('OK');
    for (const node of set.nodes)
      await eventually(async () => expect(await askRedis(node.port, 'GET', 'kept')).toBe('yes'));
    expect(await askRedis(master.port, 'CONFIG', 'GET', 'min-replicas-to-write')).toEqual([
      'min-replicas-to-write',
      '1',
    ]);
  });

  it('makes another server the master when it is asked to, and when the master is killed', async () => {
    const first = await set.master();
    await set.switchMaster();
    expect((await set.master()).port).not.toBe(first.port);
    const killed = await set.killMaster();
    await eventually(async () => expect((await set.master()).port).not.toBe(killed.port), {
      timeoutMs: SWITCHED_WITHIN_MS,
    });
    const master = await set.master();
    await eventually(async () => expect(await askRedis(master.port, 'SET', 'again', 'yes')).toBe('OK'), {
      timeoutMs: SWITCHED_WITHIN_MS,
    });
  }, 60_000);
});
