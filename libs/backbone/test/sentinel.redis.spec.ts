import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  askRedis,
  eventually,
  freePort,
  startRedisSentinelSet,
  type PrivateRedis,
  type RedisSentinelSet,
} from '@verbatim/testing';
import { createQueueConnection, openGatewaySide, type BackboneEvent } from '../src/index.ts';
import { CHUNK_SAMPLES, openFixture, type Fixture } from './fixture.ts';
import { expectNothingLost, startSpeaking, type SpokenSession } from './spoken-sessions.ts';

const SWITCHED_WITHIN_MS = 20_000;

/** The outage that we promise is seconds; a machine with eight test runs on two cores gets some more. */
const LONGEST_OUTAGE_MS = 12_000;

/** A silent subscription shows to its own probe only after this; whoever is quicker was told by a Sentinel. */
const FOUND_BY_PROBE_AFTER_MS = 8000;

/** A gateway's and two transcribers'. */
const SIDES = 3;

let set: RedisSentinelSet;
let fixture: Fixture;
let events: BackboneEvent[];
beforeAll(async () => {
  set = await startRedisSentinelSet({ replicas: 2, downAfterMs: 1000 });
  events = [];
  fixture = await openFixture({ url: set.url, onEvent: (event) => events.push(event) });
}, 60_000);
afterAll(async () => {
  await fixture.close();
  await set.stop();
});

async function refusalOf(redisUrl: string): Promise<{ readonly error: unknown; readonly tookMs: number }> {
  const startedMs = performance.now();
  const error: unknown = await openGatewaySide({ redisUrl }).then(
    () => 'opened',
    (cause: unknown) => cause,
  );
  return { error, tookMs: performance.now() - startedMs };
}

/** Names that our connections to a server go by. */
async function ourConnections(port: number): Promise<readonly string[]> {
  const list = String(await askRedis(port, 'CLIENT', 'LIST'));
  return [...list.matchAll(/ name=(verbatim-\w+)/g)].map(([, name = '']) => name);
}

/** Resolves when every connection of ours is with the server that the Sentinels call the master. */
function settled(): Promise<void> {
  return eventually(
    async () => {
      const names = await ourConnections((await set.master()).port);
      for (const name of ['verbatim-commands', 'verbatim-subscriber'])
        expect(names.filter((found) => found === name)).toHaveLength(SIDES);
    },
    { timeoutMs: SWITCHED_WITHIN_MS },
  );
}

async function roleOf(port: number): Promise<unknown> {
  const role = await askRedis(port, 'ROLE');
  return Array.isArray(role) ? role[0] : role;
}

/** From now on what the master takes in reaches no replica: they have to log in again, and cannot. Who is logged in notices nothing. */
async function cutOffReplicas(master: PrivateRedis): Promise<void> {
  const admin = createQueueConnection(master.url);
  await admin.config('SET', 'requirepass', 'unknown-to-replicas');
  await admin.call('CLIENT', 'KILL', 'TYPE', 'replica');
  admin.disconnect();
}

describe('a side that asks Sentinels', () => {
  it('does not open when none answers, and says so within about two seconds', async () => {
    const [a, b] = [await freePort(), await freePort()];
    const { error, tookMs } = await refusalOf(`redis+sentinel://:s3cret@127.0.0.1:${a},127.0.0.1:${b}/main`);
    expect(error).toMatchObject({
      code: 'storage_unavailable',
      message: `No Sentinel at 127.0.0.1:${a},127.0.0.1:${b}/main can be reached; is one running?`,
    });
    expect(tookMs).toBeLessThan(3000);
  });

  it('does not open when they know no master of that name, and says so, also when another Sentinel is away', async () => {
    const dead = `127.0.0.1:${await freePort()},`;
    for (const others of ['', dead]) {
      const url = set.url.replace('/main', '/other').replace('://', `://${others}`);
      const { error, tookMs } = await refusalOf(url);
      expect(error).toMatchObject({
        code: 'storage_unavailable',
        message: expect.stringMatching(/^The Sentinels at .*\/other know no master of that name; check the end/),
      });
      expect(tookMs).toBeLessThan(3000);
    }
  });

  it('leaves the old master with every connection when another is made the master, and misses nothing', async () => {
    await settled();
    const before = await set.master();
    const [session] = await startSpeaking(fixture, 1);
    if (!session) throw new Error('no session');
    await session.hasSpoken(30);
    await set.switchMaster();
    await settled();
    const left = (await ourConnections(before.port)).filter((name) => name !== 'verbatim-queue');
    expect(left).toEqual([]);
    await session.finish();
    await expectNothingLost(fixture, session);
  }, 60_000);

  it('leaves a master that is frozen, with its idle subscriptions too, as soon as the Sentinels have another', async () => {
    await settled();
    const frozen = await set.master();
    frozen.pause();
    const after = await eventually(
      async () => {
        const next = await set.master();
        expect(next.port).not.toBe(frozen.port);
        return next;
      },
      { timeoutMs: SWITCHED_WITHIN_MS },
    );
    const areAllThere = async () => {
      const names = await ourConnections(after.port);
      expect(names.filter((name) => name === 'verbatim-subscriber')).toHaveLength(SIDES);
    };
    await eventually(areAllThere, { timeoutMs: FOUND_BY_PROBE_AFTER_MS });
    frozen.resume();
    await eventually(async () => expect(await roleOf(frozen.port)).toBe('slave'), { timeoutMs: 30_000 });
  }, 60_000);

  it('flows again in seconds when the master is killed under load: every chunk once, every final once', async () => {
    await settled();
    const sessions = await startSpeaking(fixture, 3);
    await Promise.all(sessions.map((session) => session.hasSpoken(30)));
    const killed = await set.killMaster();
    await settled();
    const isHeardAgain = (session: SpokenSession) => session.hasSpoken(session.told.storedSample / CHUNK_SAMPLES + 50);
    await Promise.all(sessions.map(isHeardAgain));
    await Promise.all(sessions.map((session) => session.finish()));
    for (const session of sessions) {
      await expectNothingLost(fixture, session);
      expect(session.told.longestPauseMs).toBeLessThan(LONGEST_OUTAGE_MS);
    }
    expect(events).toContainEqual(expect.objectContaining({ type: 'disconnected', connection: 'commands' }));
    await killed.restart();
    await eventually(async () => expect(await roleOf(killed.port)).toBe('slave'), { timeoutMs: 30_000 });
  }, 90_000);

  it('heals what a failover lost although Redis had acknowledged it: the client sends it again', async () => {
    await settled();
    const [session] = await startSpeaking(fixture, 1);
    if (!session) throw new Error('no session');
    await session.hasSpoken(30);
    await cutOffReplicas(await set.master());
    await session.hasSpoken(session.told.storedSample / CHUNK_SAMPLES + 100);
    await set.killMaster();
    await eventually(() => expect(session.told.resumes).toBeGreaterThan(0), { timeoutMs: SWITCHED_WITHIN_MS });
    await session.finish();
    await expectNothingLost(fixture, session);
  }, 90_000);
});
