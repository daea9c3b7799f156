import { describe, expect, it } from '@jest/globals';
import { createSessionId } from '@verbatim/protocol';
import { createKeys, REDIS_KEYS, shardInName } from './keys.ts';
import { groupByShard } from './shard-groups.ts';
import { settingsOf } from './settings.ts';

const ID = createSessionId(7, new Uint8Array(16));

describe('keys', () => {
  it('of one shard all carry its hash tag', () => {
    const keys = createKeys('stt');
    const names = [
      keys.open(7),
      keys.open('07'),
      keys.expiry(7),
      keys.work(7),
      keys.session(ID),
      keys.audio(ID),
      keys.log(ID),
      keys.text(ID),
    ];
    for (const name of [...names, keys.probe(7, 'x')]) {
      expect(name).toContain('{07}');
      expect(shardInName(name)).toBe('07');
    }
    expect(keys.session(ID)).toBe(`stt:{07}:s:${ID}`);
  });

  it('are all in the table that the documentation is made from', () => {
    const keys = createKeys('stt');
    const built = [
      ...[keys.open(7), keys.expiry(7), keys.session(ID), keys.audio(ID), keys.log(ID), keys.text(ID), keys.work(7)],
      ...[keys.stats(1), keys.node('n'), keys.nodes(), keys.probe(7, 'p')],
    ];
    expect(built).toHaveLength(Object.keys(keys).length);
    const asDocumented = (name: string) =>
      name
        .replace(ID, '<id>')
        .replace('stats:1', 'stats:<minute>')
        .replace(/:(n|p)$/, ':<id>');
    expect(built.map(asDocumented).sort()).toEqual(REDIS_KEYS.map(({ name }) => name).sort());
  });

  it('refuse a prefix that would move the hash tag', () => {
    expect(() => createKeys('a{b}')).toThrow(RangeError);
    expect(() => createKeys('')).toThrow(RangeError);
  });
});

describe('groups by shard', () => {
  it('hold one shard each and a hundred items at the most', () => {
    const ids = Array.from({ length: 250 }, (_, n) => createSessionId(n < 220 ? 1 : 2, new Uint8Array(16).fill(n)));
    const groups = groupByShard(ids, (id) => id);
    expect(groups.map(([shard, group]) => [shard, group.length])).toEqual([
      ['01', 100],
      ['01', 100],
      ['01', 20],
      ['02', 30],
    ]);
    expect(groups.flatMap(([, group]) => group)).toEqual(ids);
  });
});

describe('settings', () => {
  it('have the documented defaults', () => {
    expect(settingsOf({ redisUrl: 'redis://h' })).toMatchObject({
      ...{ keyPrefix: 'stt', shards: 16, leaseMs: 2000, resumeWindowMs: 300_000, retentionMs: 300_000 },
      ...{
        liveTtlMs: 300_000,
        reaperSlackMs: 120_000,
        writeWindowBytes: 65_536,
        backlogCapSamples: 960_000,
        probeIntervalMs: 10_000,
      },
    });
  });

  it('never let a connected session expire between two signs of life', () => {
    expect(settingsOf({ redisUrl: 'redis://h', resumeWindowMs: 1000 }).liveTtlMs).toBe(180_000);
  });

  it('refuse what is out of range by name', () => {
    expect(() => settingsOf({ redisUrl: 'redis://h', shards: 101 })).toThrow(/shards/);
    expect(() => settingsOf({ redisUrl: 'redis://h', leaseMs: 0 })).toThrow(/leaseMs/);
    expect(() => settingsOf({ redisUrl: 'redis://h', retentionMs: 1.5 })).toThrow(/retentionMs/);
  });
});
