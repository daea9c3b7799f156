import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openReaperSide } from '@verbatim/backbone';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words, type NativeClient } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

describe('resuming a session on another replica', () => {
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

  async function startSession(frames: number): Promise<{ client: NativeClient; id: string; token: string }> {
    const client = connectNative(first.url);
    const started = await client.first('session_started');
    client.frames(1, frames);
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes).toBe(frames * 3200));
    return { client, id: started.session_id, token: started.resume_token };
  }

  function resumeQuery(id: string, token: string, lastSeq = 0): string {
    return `session_id=${id}&resume_token=${token}&last_seq=${lastSeq}`;
  }

  it('goes on where Redis stands: stored finals after last_seq, then live ones, nothing missing and nothing twice', async () => {
    const { client, id, token } = await startSession(25);
    await eventually(() => expect(client.finalsText()).toBe(words(1, 20)));
    client.socket.terminate();

    const again = connectNative(second.url, resumeQuery(id, token, 1));
    const resumed = await again.first('session_resumed');
    expect(again.messages[0]).toBe(resumed);
    expect(resumed).toMatchObject({ recovered: true, session_id: id, audio_bytes: 25 * 3200, from_seq: 1 });
    expect(resumed.resume_token).not.toBe(token);
    again.frames(26, 30);
    again.json({ type: 'end' });
    await expect(again.closed).resolves.toMatchObject({ code: 1000 });
    // The first final (seq 1) was known already.
    expect(again.finalsText()).toBe(words(11, 30));
    expect(again.messages.at(-1)).toMatchObject({ type: 'session_ended', text: words(1, 30) });
  });

  it('closes the older connection with 4011 when a newer one resumes', async () => {
    const { client, id, token } = await startSession(5);
    const again = connectNative(second.url, resumeQuery(id, token));
    await again.first('session_resumed');
    await expect(client.closed).resolves.toEqual({ code: 4011, reason: 'session_replaced' });
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', code: 'session_replaced', session_id: id });
    again.frames(6, 8);
    again.json({ type: 'end' });
    await again.closed;
    expect(again.finalsText()).toBe(words(1, 8));
  });

  it('takes a resume token once: when its successor was used, it opens nothing any more', async () => {
    const { client, id, token } = await startSession(1);
    client.socket.terminate();
    const again = connectNative(second.url, resumeQuery(id, token));
    const { resume_token } = await again.first('session_resumed');
    again.socket.terminate();
    const third = connectNative(first.url, resumeQuery(id, resume_token));
    await third.first('session_resumed');
    const stolen = connectNative(second.url, resumeQuery(id, token));
    await expect(stolen.closed).resolves.toEqual({ code: 4004, reason: 'session_not_found' });
    expect(third.all('error')).toEqual([]);
    third.json({ type: 'end' });
    await expect(third.closed).resolves.toMatchObject({ code: 1000 });
  });

  it('takes it once more while nobody has used its successor: the answer may have been lost on the way', async () => {
    const { client, id, token } = await startSession(1);
    client.socket.terminate();
    const unread = connectNative(second.url, resumeQuery(id, token));
    await unread.first('session_resumed');
    unread.socket.terminate();
    const again = connectNative(first.url, resumeQuery(id, token));
    await again.first('session_resumed');
    again.frames(2, 3);
    again.json({ type: 'end' });
    await again.closed;
    expect(again.finalsText()).toBe(words(1, 3));
  });

  it('goes on with a client that has a final more than the log holds, and does not send that one twice', async () => {
    const { client, id, token } = await startSession(25);
    await eventually(() => expect(client.finalsText()).toBe(words(1, 20)));
    client.socket.terminate();
    // As after a failover that took the third commit back: the client has 3 already, the log ends at 2.
    const again = connectNative(second.url, resumeQuery(id, token, 3));
    expect(await again.first('session_resumed')).toMatchObject({ recovered: true, from_seq: 3 });
    again.frames(26, 40);
    again.json({ type: 'end' });
    await again.closed;
    expect(again.all('transcription').flatMap(({ is_final, seq }) => (is_final ? [seq] : []))[0]).toBe(4);
    expect(again.finalsText()).toBe(words(31, 40));
  });

  it('refuses a wrong token with 4004 and leaves the session alone; a session nobody knows any more is 4014', async () => {
    const { client, id } = await startSession(1);
    const wrong = connectNative(second.url, resumeQuery(id, 'x'.repeat(43)));
    await expect(wrong.closed).resolves.toEqual({ code: 4004, reason: 'session_not_found' });
    const unknown = connectNative(second.url, resumeQuery(`s00-${'0'.repeat(32)}`, 'x'.repeat(43)));
    await expect(unknown.closed).resolves.toEqual({ code: 4014, reason: 'resume_unrecoverable' });
    expect(client.all('error')).toEqual([]);
    client.json({ type: 'end' });
    await client.closed;
  });

  it('replays a session that has ended, and closes with 1000', async () => {
    const { client, id, token } = await startSession(12);
    client.json({ type: 'end' });
    await client.closed;
    const again = connectNative(second.url, resumeQuery(id, token));
    await expect(again.closed).resolves.toEqual({ code: 1000, reason: 'done' });
    expect(again.finalsText()).toBe(words(1, 12));
    expect(again.messages.at(-1)).toMatchObject({ type: 'session_ended', text: words(1, 12) });
  });

  it('closes with 4014 when the client knows more than is stored', async () => {
    const { client, id, token } = await startSession(1);
    client.socket.terminate();
    const again = connectNative(second.url, resumeQuery(id, token, 99));
    await expect(again.closed).resolves.toEqual({ code: 4014, reason: 'resume_unrecoverable' });
  });

  it('says where the transcript is when nobody came back in time, and never that it recovered', async () => {
    const shortPrefix = uniquePrefix();
    const shortLived = { redisUrl: redis.url, keyPrefix: shortPrefix, resumeWindowMs: 1000 };
    const finaliser = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix: shortPrefix });
    const gateway = await openTestGateway({
      redisUrl: redis.url,
      keyPrefix: shortPrefix,
      env: { STT_RESUME_WINDOW_MS: shortLived.resumeWindowMs },
    });
    const reaper = await openReaperSide(shortLived);
    const client = connectNative(gateway.url);
    const { session_id, resume_token } = await client.first('session_started');
    client.frames(1, 13);
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes).toBe(13 * 3200));
    client.socket.terminate();
    const readView = async () => (await fetch(`${gateway.url}/stt/sessions/${session_id}`)).json();
    await eventually(
      async () => {
        for (let shard = 0; shard < reaper.shards; shard += 1) await reaper.reapShard(shard);
        expect(await readView()).toMatchObject({ state: 'ended', reason: 'idle', transcript: words(1, 13) });
      },
      { timeoutMs: 10_000, everyMs: 100 },
    );
    const late = connectNative(gateway.url, resumeQuery(session_id, resume_token));
    await expect(late.closed).resolves.toEqual({ code: 4014, reason: 'resume_unrecoverable' });
    expect(late.all('session_resumed')).toEqual([]);
    expect(late.all('error')[0]?.error).toContain(`GET /stt/sessions/${session_id}`);
    await gateway.close();
    await finaliser.stop();
    await reaper.close();
  }, 30_000);
});
