import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { shardOf, type SessionId } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import {
  chunk,
  commitOf,
  message,
  openFixture,
  recordWriter,
  startRedisUnderTest,
  upTo,
  type Fixture,
  type RedisUnderTest,
} from '../../test/fixture.ts';
import { openReaperSide, type ReaperSide } from '../index.ts';

const SHARDS = 4;

let redis: RedisUnderTest;
let fixture: Fixture;
let reaper: ReaperSide;
beforeAll(async () => {
  redis = await startRedisUnderTest();
});
beforeEach(async () => {
  fixture = await openFixture({ ...redis, shards: SHARDS, leaseMs: 60_000, resumeWindowMs: 300 });
  reaper = await openReaperSide(fixture.options);
});
afterEach(() => Promise.all([fixture.close(), reaper.close()]));
afterAll(() => redis.stop());

async function reapAll(side = reaper) {
  const shards = await Promise.all(Array.from({ length: side.shards }, (_, shard) => side.reapShard(shard)));
  return {
    expired: shards.flatMap(({ expired }) => expired).sort(),
    healed: shards.reduce((sum, { healed }) => sum + healed, 0),
  };
}

function makeDue(sessionIds: readonly SessionId[]) {
  return Promise.all(sessionIds.map((id) => fixture.raw.zadd(fixture.keys.expiry(shardOf(id)), 1, id)));
}

describe('the reaper', () => {
  it('has a session finalised whose client did not come back in time, with all audio before its mark', async () => {
    const session = await fixture.openClaimed();
    const { writer } = recordWriter(fixture.gateway, session);
    for (const n of upTo(3)) writer.append(chunk(n));
    await writer.drained();
    await fixture.gateway.detach(session.sessionId, 1);
    expect(await reapAll()).toEqual({ expired: [], healed: 0 });
    await eventually(async () => expect((await reapAll()).expired).toEqual([session.sessionId]));
    const read = await fixture.transcriber.readAudio([{ sessionId: session.sessionId, afterStreamId: '3200-0' }]);
    expect(read.get(session.sessionId)).toMatchObject([{ endSample: 4800 }, { control: 'expire', atSample: 4800 }]);
    const last = commitOf(session, [message(1)], { releaseBeforeSample: 4800, endsSession: true });
    expect(await fixture.transcriber.commit(last)).toBe('committed');
    expect(await fixture.gateway.readSession(session.sessionId)).toMatchObject({ state: 'ended' });
    expect(await reapAll()).toEqual({ expired: [], healed: 0 });
  });

  it('leaves alone who is connected, and who has come back', async () => {
    const connected = await fixture.open();
    const returned = await fixture.open();
    await fixture.gateway.detach(returned.sessionId, 1);
    await fixture.gateway.resumeSession(returned.sessionId, returned.resumeToken);
    const away = await fixture.open();
    await fixture.gateway.detach(away.sessionId, 1);
    await eventually(async () => expect((await reapAll()).expired).toEqual([away.sessionId]));
    for (const { sessionId } of [connected, returned])
      expect(await fixture.gateway.readSession(sessionId)).toMatchObject({ state: 'live' });
  });

  it('ends what a gateway that died has left, page by page, each once however many reapers there are', async () => {
    const sessions = await Promise.all(upTo(450).map(() => fixture.open()));
    const ids = sessions.map(({ sessionId }) => sessionId);
    await makeDue(ids);
    const second = await openReaperSide(fixture.options);
    const reaped = await Promise.all([reapAll(), reapAll(second)]);
    expect(reaped.flatMap(({ expired }) => expired).sort()).toEqual([...ids].sort());
    await second.close();
  });

  it('heals sets whose sessions are gone, and leaves the others in them', async () => {
    const sessions = await Promise.all(upTo(300).map(() => fixture.open()));
    const gone = sessions.slice(0, 250);
    await Promise.all(gone.map(({ sessionId }) => fixture.raw.del(fixture.keys.session(sessionId))));
    expect(await reapAll()).toEqual({ expired: [], healed: 250 });
    expect(await fixture.gateway.countOpenSessions()).toBe(50);
    await makeDue(sessions.slice(250).map(({ sessionId }) => sessionId));
    expect((await reapAll()).expired).toHaveLength(50);
    expect(await reapAll()).toEqual({ expired: [], healed: 0 });
  });

  it('is one of the processes of the fleet', async () => {
    await reaper.heartbeat('j1', {
      ...{ role: 'jobs', version: '1', started_at_ms: 1, sessions: 0, capacity: 0, load: 0, draining: false },
      providers: [],
    });
    expect(await fixture.gateway.listNodes()).toMatchObject([{ nodeId: 'j1', record: { role: 'jobs' } }]);
  });
});
