import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../eventually.ts';
import { startRedisCluster, type RedisCluster } from './cluster.ts';
import { askRedis } from './redis-question.ts';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster({ masters: 3, replicas: 3 });
}, 60_000);
afterAll(() => cluster.stop());

describe('a cluster', () => {
  it('moves a slot with its keys to another master', async () => {
    const slot = await cluster.slotOf('{07}:x');
    const from = await cluster.masterOf(slot);
    const to = cluster.nodes.slice(0, 3).find(({ port }) => port !== from.port) ?? from;
    await askRedis(from.port, 'SET', '{07}:x', 'kept');
    await cluster.moveSlot(slot, to);
    expect((await cluster.masterOf(slot)).port).toBe(to.port);
    expect(await askRedis(to.port, 'GET', '{07}:x')).toBe('kept');
    await expect(askRedis(from.port, 'GET', '{07}:x')).rejects.toThrow(`MOVED ${slot} 127.0.0.1:${to.port}`);
  }, 30_000);

  it('promotes a replica when a master is killed', async () => {
    const slot = await cluster.slotOf('{01}:x');
    const master = await cluster.masterOf(slot);
    await askRedis(master.port, 'SET', '{01}:x', 'kept');
    await master.kill();
    const promoted = await eventually(
      async () => {
        const next = await cluster.masterOf(slot);
        expect(next.port).not.toBe(master.port);
        return next;
      },
      { timeoutMs: 20_000 },
    );
    expect(await askRedis(promoted.port, 'GET', '{01}:x')).toBe('kept');
  }, 30_000);
});
