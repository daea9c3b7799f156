import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionId } from '@verbatim/protocol';
import {
  chunk,
  openFixture,
  recordWriter,
  startRedisUnderTest,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';
import { sessionKeys } from '../session-keys.ts';
import { audioStandingScript } from './audio-standing.ts';
import { runScript } from './script.ts';

let redis: RedisUnderTest;
let fixture: Fixture;
beforeAll(async () => {
  redis = await startRedisUnderTest();
  fixture = await openFixture(redis);
});
afterAll(async () => {
  await fixture.close();
  await redis.stop();
});

function standing(sessionId: SessionId) {
  return runScript(fixture.raw, audioStandingScript, { keys: sessionKeys(fixture.keys, sessionId), args: {} });
}

describe('audio-standing', () => {
  it('names the last entry, were it trimmed, and the connection', async () => {
    const session = await fixture.open();
    const { sessionId } = session;
    expect(await standing(sessionId)).toEqual({ kind: 'STANDS', connection: 1, lastStreamId: '0-1' });
    const resumed = await fixture.gateway.resumeSession(sessionId, session.resumeToken);
    const { writer } = recordWriter(fixture.gateway, resumed);
    writer.append(chunk(1));
    writer.mark('finalize');
    await writer.drained();
    const expected = { kind: 'STANDS', connection: 2, lastStreamId: '1600-1000002' };
    expect(await standing(sessionId)).toEqual(expected);
    await fixture.raw.xtrim(fixture.keys.audio(sessionId), 'MAXLEN', 0);
    expect(await standing(sessionId)).toEqual(expected);
  });

  it('says when record or audio are gone', async () => {
    const [noAudio, noRecord] = await Promise.all([fixture.open(), fixture.open()]);
    await fixture.raw.del(fixture.keys.audio(noAudio.sessionId));
    await fixture.raw.del(fixture.keys.session(noRecord.sessionId));
    for (const { sessionId } of [noAudio, noRecord]) expect(await standing(sessionId)).toEqual({ kind: 'GONE' });
  });
});
