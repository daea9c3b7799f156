import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openFixture, startRedisUnderTest, type Fixture, type RedisUnderTest } from '../../test/fixture.ts';
import { isIdRefused } from '../audio/refused-append.ts';
import { appendScript } from './append.ts';
import { runScript } from './script.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
let audio: string;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture(redis);
});
beforeEach(async () => {
  audio = fixture.keys.audio((await fixture.open()).sessionId);
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

const PCM = Buffer.from([0, 255, 13, 10]);

function append(streamId: string, afterStreamId: string) {
  const args = { streamId, afterStreamId, field: 'd', content: PCM, clientBytes: 4 };
  return runScript(fixture.raw, appendScript, { keys: { audio }, args });
}

async function ids() {
  return (await fixture.raw.xrange(audio, '-', '+')).map(([id]) => id);
}

describe('append', () => {
  it('stores every byte behind the entry before', async () => {
    expect(await append('1600-0', '0-0')).toBe('STORED');
    expect(await append('1600-2', '1600-0')).toBe('STORED');
    expect(await append('3200-0', '1600-2')).toBe('STORED');
    const [entry] = await fixture.raw.xrangeBuffer(audio, '3200-0', '3200-0');
    expect(entry?.[1]).toEqual([Buffer.from('d'), PCM, Buffer.from('b'), Buffer.from('4')]);
  });

  it('goes on from whatever was the last at a sample when only the sample is known', async () => {
    await append('1600-0', '0-0');
    await append('1600-1000002', '1600-0');
    expect(await append('3200-0', '1600-0')).toBe('STORED');
  });

  it('stores nothing when the entry before is missing: a failover lost it', async () => {
    await append('1600-0', '0-0');
    expect(await append('4800-0', '3200-0')).toBe('ROLLED_BACK');
    expect(await append('3200-0', '1600-2')).toBe('ROLLED_BACK');
    expect(await ids()).toEqual(['0-1', '1600-0']);
  });

  it('refuses a repeat as XADD does, also when all before it was trimmed meanwhile', async () => {
    for (const [id, after] of [
      ['1600-0', '0-0'],
      ['3200-0', '1600-0'],
      ['4800-0', '3200-0'],
    ] as const)
      await append(id, after);
    const refused = await append('4800-0', '3200-0').catch((error: unknown) => error);
    expect(isIdRefused(refused)).toBe(true);
    await fixture.raw.xtrim(audio, 'MINID', '4800-0');
    const trimmed = await append('4800-0', '3200-0').catch((error: unknown) => error);
    expect(isIdRefused(trimmed)).toBe(true);
    expect(await ids()).toEqual(['4800-0']);
  });

  it('does not bring back a stream that is gone', async () => {
    await fixture.raw.del(audio);
    expect(await append('1600-0', '0-0')).toBe('GONE');
    expect(await fixture.raw.exists(audio)).toBe(0);
  });
});
