import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askRedis, eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { watch } from './support/event-stream.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

describe('deleting a session', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let first: TestGateway;
  let second: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
    first = await openTestGateway({ redisUrl: redis.url, keyPrefix });
    second = await openTestGateway({ redisUrl: redis.url, keyPrefix });
  });
  afterAll(async () => {
    await first.close();
    await second.close();
    await transcriber.stop();
    await redis.stop();
  });

  const forget = (url: string, sessionId: string) => fetch(`${url}/stt/sessions/${sessionId}`, { method: 'DELETE' });
  const keysOf = (sessionId: string) => askRedis(redis.port, 'KEYS', `*${sessionId}*`);
  const membersOf = (sessionId: string) =>
    Promise.all(
      ['open', 'expiry'].map((set) =>
        askRedis(redis.port, 'ZSCORE', `${keyPrefix}:{${sessionId.slice(1, 3)}}:${set}`, sessionId),
      ),
    );

  it('while its client streams at one replica and is watched at both leaves nothing, and brings nothing back', async () => {
    const client = connectNative(first.url);
    const { session_id: sessionId } = await client.first('session_started');
    const observers = await Promise.all([first, second].map(({ url }) => watch(url, sessionId)));
    client.frames(1, 25);
    await eventually(() => expect(client.finalsText()).toBe(words(1, 20)));

    const response = await forget(second.url, sessionId);
    expect(response.status).toBe(204);
    client.frames(26, 40);
    expect(await client.closed).toEqual({ code: 1000, reason: 'done' });
    expect(client.all('session_ended')).toMatchObject([{ reason: 'deleted', text: '', session_id: sessionId }]);
    for (const observer of observers) {
      expect(await observer.closed).toBe('ended');
      expect(observer.events.at(-1)).toMatchObject({ event: 'session_ended', message: { reason: 'deleted' } });
    }
    expect(await keysOf(sessionId)).toEqual([]);
    expect(await membersOf(sessionId)).toEqual([null, null]);
    for (const { url } of [first, second])
      for (const path of ['', '/transcript', '/events'])
        expect((await fetch(`${url}/stt/sessions/${sessionId}${path}`)).status).toBe(404);
    expect((await forget(first.url, sessionId)).status).toBe(404);
  });

  it('leaves nothing to resume', async () => {
    const client = connectNative(first.url);
    const { session_id: sessionId, resume_token: token } = await client.first('session_started');
    client.frames(1, 5);
    await client.first('ack');
    client.socket.terminate();
    await client.closed;
    expect((await forget(second.url, sessionId)).status).toBe(204);
    const again = connectNative(second.url, `session_id=${sessionId}&resume_token=${encodeURIComponent(token)}`);
    expect(await again.closed).toMatchObject({ code: 4014 });
    expect(await keysOf(sessionId)).toEqual([]);
  });

  it('takes one that is over, and its neighbours stay', async () => {
    const [ended, neighbour] = [connectNative(first.url), connectNative(first.url)];
    const { session_id: sessionId } = await ended.first('session_started');
    const { session_id: neighbourId } = await neighbour.first('session_started');
    ended.json({ type: 'end' });
    await ended.closed;
    expect((await forget(first.url, sessionId)).status).toBe(204);
    neighbour.frames(1, 10);
    neighbour.json({ type: 'end' });
    await neighbour.closed;
    expect(neighbour.finalsText()).toBe(words(1, 10));
    expect((await fetch(`${second.url}/stt/sessions/${neighbourId}`)).status).toBe(200);
  });

  it.each(['nonsense', `s00-${'0'.repeat(32)}`, '..%2f..%2fetc', '%00', '*'])(
    'answers for %s that it is not there',
    async (id) => {
      const response = await forget(first.url, id);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'session_not_found' });
    },
  );
});
