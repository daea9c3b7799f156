import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openFixture, startRedisUnderTest, type Fixture, type RedisUnderTest } from '../../test/fixture.ts';
import { isIdRefused } from '../audio/refused-append.ts';
import { appendScript } from './append.ts';
import { runScript } from './script.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
let audio: string;
let session: string;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture(redis);
});
beforeEach(async () => {
  const { sessionId } = await fixture.open();
  audio = fixture.keys.audio(sessionId);
  session = fixture.keys.session(sessionId);
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

const PCM = Buffer.from([0, 255, 13, 10]);

function append(streamId: string, afterStreamId: string, packed: { restartFrame?: number; mediaHeader?: Buffer } = {}) {
  const { restartFrame = '', mediaHeader = '' } = packed;
  const args = { streamId, afterStreamId, field: 'd', content: PCM, clientBytes: 4, restartFrame, mediaHeader };
  return runScript(fixture.raw, appendScript, { keys: { audio, session }, args });
}

const HEADER = Buffer.from([0, 255, 128, 10]);
const header = () => fixture.raw.hgetBuffer(session, 'mediaHeader');

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
    expect(await append('1600-0', '0-0', { mediaHeader: HEADER })).toBe('GONE');
    expect(await fixture.raw.exists(audio)).toBe(0);
    expect(await header()).toBeNull();
  });

  it('keeps the beginning of the file, byte for byte, and where a decoder begins again', async () => {
    expect(await append('1600-0', '0-0', { restartFrame: 312, mediaHeader: HEADER })).toBe('STORED');
    expect(await append('3200-0', '1600-0', { restartFrame: 5112 })).toBe('STORED');
    expect(await header()).toEqual(HEADER);
    const entries = await fixture.raw.xrange(audio, '1600-0', '+');
    expect(entries.map(([, fields]) => fields.slice(2))).toEqual([
      ['b', '4', 'r', '312'],
      ['b', '4', 'r', '5112'],
    ]);
  });

  it('keeps no beginning of a file without the audio that it belongs to', async () => {
    await append('1600-0', '0-0', { mediaHeader: HEADER });
    const other = Buffer.from('of a gateway that came too late');
    expect(await append('4800-0', '3200-0', { mediaHeader: other })).toBe('ROLLED_BACK');
    await append('1600-0', '0-0', { mediaHeader: other }).catch(() => undefined);
    expect(await header()).toEqual(HEADER);
  });

  it('does not bring back a record that is gone', async () => {
    await fixture.raw.del(session);
    expect(await append('1600-0', '0-0', { mediaHeader: HEADER })).toBe('STORED');
    expect(await fixture.raw.exists(session)).toBe(0);
  });
});
