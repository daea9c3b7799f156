import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fence, Seq, SessionId } from '@verbatim/protocol';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFaultyProxy } from '../../test/faulty-proxy.ts';
import { commitOf, message, openFixture, recordFollowing, recordText, upTo, type Fixture } from '../../test/fixture.ts';
import type { BackboneEvent } from '../index.ts';

let redis: PrivateRedis;
let fixture: Fixture;
let events: BackboneEvent[];
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  events = [];
  fixture = await openFixture({ url: redis.url, leaseMs: 60_000, onEvent: (event) => events.push(event) });
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

function listeners(sessionId: SessionId): Promise<number> {
  return fixture.raw.pubsub('NUMSUB', fixture.keys.text(sessionId)).then((reply) => Number(reply[1]));
}

async function recordObserving(sessionId: SessionId, afterSeq: number) {
  const { told, listener } = recordText();
  const observing = await fixture.gateway.observe(sessionId, afterSeq as Seq, listener);
  return { told, observing };
}

describe('following a session', () => {
  it('brings history after last_seq, then what happens', async () => {
    const session = await fixture.openClaimed();
    await fixture.transcriber.commit(commitOf(session, [message(1), message(2), message(3)]));
    const { told } = await recordFollowing(fixture.gateway, session.sessionId, 1, 1);
    expect(told.durable).toEqual([2, 3]);
    await fixture.transcriber.commit(commitOf(session, [message(4)]));
    fixture.transcriber.publish(session.sessionId, session.fence, '"soon"');
    await eventually(() => expect(told).toMatchObject({ durable: [2, 3, 4], transient: ['"soon"'] }));
  });

  it('fills what the channel dropped from the log and tells how much', async () => {
    const { sessionId } = await fixture.open();
    const { told } = await recordFollowing(fixture.gateway, sessionId);
    for (const n of upTo(3)) await fixture.raw.xadd(fixture.keys.log(sessionId), `${n}-0`, 'm', `{"w":${n}}`);
    await fixture.raw.publish(fixture.keys.text(sessionId), 'D 3 {"w":3}');
    await eventually(() => expect(told.durable).toEqual([1, 2, 3]));
    expect(events).toContainEqual({ type: 'log_gap_filled', sessionId, messages: 3 });
  });

  it('misses nothing although the channel drops every tenth message', async () => {
    const session = await fixture.openClaimed();
    const { told } = await recordFollowing(fixture.gateway, session.sessionId);
    const [logKey, channel] = [fixture.keys.log(session.sessionId), fixture.keys.text(session.sessionId)];
    for (const n of upTo(201)) {
      const json = `{"w":${n}}`;
      await fixture.raw.xadd(logKey, `${n}-0`, 'm', json);
      if (n % 10 !== 0) await fixture.raw.publish(channel, `D ${n} ${json}`);
    }
    await eventually(() => expect(told.durable).toEqual(upTo(201)));
    expect(events.filter(({ type }) => type === 'log_gap_filled').length).toBeGreaterThan(0);
  });

  it('drops the interims of a transcriber that lost the session', async () => {
    const { sessionId } = await fixture.open();
    const { told } = await recordFollowing(fixture.gateway, sessionId);
    for (const [fence, json] of [
      [2, '"owner"'],
      [1, '"zombie"'],
      [2, '"owner again"'],
    ] as const)
      fixture.transcriber.publish(sessionId, fence as Fence, json);
    await eventually(() => expect(told.transient).toEqual(['"owner"', '"owner again"']));
  });

  it('loses and doubles nothing while its subscription is killed again and again', async () => {
    const session = await fixture.openClaimed();
    const { told } = await recordFollowing(fixture.gateway, session.sessionId);
    for (const n of upTo(300)) {
      await fixture.transcriber.commit(commitOf(session, [message(n)]));
      if (n % 25 === 0) await fixture.raw.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    }
    await eventually(() => expect(told.durable).toEqual(upTo(300)));
    expect(events.filter(({ type }) => type === 'disconnected').length).toBeGreaterThan(1);
  });

  it('notices after a cut that a newer connection took over meanwhile', async () => {
    const { sessionId } = await fixture.open();
    const { told } = await recordFollowing(fixture.gateway, sessionId);
    await fixture.raw.hset(fixture.keys.session(sessionId), 'connection', 2);
    await fixture.raw.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() => expect(told.replaced).toBe(1));
  });

  it('lets observers hear what happens, from wherever they stand, through all connections, and one subscription is enough', async () => {
    const session = await fixture.openClaimed();
    await fixture.transcriber.commit(commitOf(session, [message(1), message(2)]));
    const early = await recordObserving(session.sessionId, 0);
    const late = await recordObserving(session.sessionId, 2);
    await fixture.gateway.resumeSession(session.sessionId, session.resumeToken);
    await fixture.transcriber.commit(commitOf(session, [message(3)]));
    fixture.transcriber.publish(session.sessionId, session.fence, '"soon"');
    await eventually(() => {
      expect(early.told).toEqual({ durable: [1, 2, 3], transient: ['"soon"'], replaced: 0, gone: [] });
      expect(late.told).toEqual({ durable: [3], transient: ['"soon"'], replaced: 0, gone: [] });
    });
    expect(await listeners(session.sessionId)).toBe(1);
    early.observing.stop();
    late.observing.stop();
    await eventually(async () => expect(await listeners(session.sessionId)).toBe(0));
  });

  it('shows an observer who looks the last message that the channel lost, and then that the session is gone', async () => {
    const { sessionId } = await fixture.open();
    const { told, observing } = await recordObserving(sessionId, 0);
    await fixture.raw.xadd(fixture.keys.log(sessionId), '1-0', 'm', '{"w":1}');
    observing.look();
    await eventually(() => expect(told.durable).toEqual([1]));
    await fixture.raw.del(fixture.keys.session(sessionId), fixture.keys.log(sessionId));
    observing.look();
    await eventually(() => expect(told.gone).toEqual(['missing']));
  });

  it('unsubscribes with the last follower of a session and is silent after it is stopped', async () => {
    const session = await fixture.openClaimed();
    const first = await recordFollowing(fixture.gateway, session.sessionId);
    const second = await recordFollowing(fixture.gateway, session.sessionId);
    expect(await listeners(session.sessionId)).toBe(1);
    first.following.stop();
    await fixture.transcriber.commit(commitOf(session, [message(1)]));
    await eventually(() => expect(second.told.durable).toEqual([1]));
    expect(first.told.durable).toEqual([]);
    second.following.stop();
    await eventually(async () => expect(await listeners(session.sessionId)).toBe(0));
  });

  it('finds a subscription that is attached and silent, and misses nothing', async () => {
    const proxy = await startFaultyProxy(redis.port);
    const behind = await openFixture({
      ...{ url: proxy.url, keyPrefix: fixture.options.keyPrefix ?? '', probeIntervalMs: 200 },
      onEvent: (event) => events.push(event),
    });
    const session = await fixture.openClaimed();
    const { told } = await recordFollowing(behind.gateway, session.sessionId);
    await fixture.transcriber.commit(commitOf(session, [message(1)]));
    await eventually(() => expect(told.durable).toEqual([1]));
    proxy.muteSubscribers();
    await fixture.transcriber.commit(commitOf(session, [message(2), message(3)]));
    await eventually(() => expect(told.durable).toEqual([1, 2, 3]));
    expect(events.map(({ type }) => type)).toContain('subscription_silent');
    await fixture.transcriber.commit(commitOf(session, [message(4)]));
    await eventually(() => expect(told.durable).toEqual([1, 2, 3, 4]));
    await behind.close();
    await proxy.stop();
  });
});
