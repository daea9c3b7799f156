import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTranscriberSide, type ClaimedSession, type TranscriberSide } from '@verbatim/backbone';
import { sessionViewSchema, type Seq, type Transcription } from '@verbatim/protocol';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

describe('the transcript of a session', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let gateways: readonly TestGateway[];

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
    gateways = [
      await openTestGateway({ redisUrl: redis.url, keyPrefix }),
      await openTestGateway({ redisUrl: redis.url, keyPrefix }),
    ];
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
    await transcriber.stop();
    await redis.stop();
  });

  const url = (index: number) => gateways[index]?.url ?? '';
  const read = (sessionId: string, query = '', index = 1) =>
    fetch(`${url(index)}/stt/sessions/${sessionId}/transcript${query}`);

  async function spoken(frames: number): Promise<string> {
    const client = connectNative(url(0));
    const { session_id: sessionId } = await client.first('session_started');
    client.frames(1, frames);
    client.json({ type: 'end' });
    await client.closed;
    return sessionId;
  }

  it.each([
    ['', 'application/json; charset=utf-8'],
    ['?format=json', 'application/json; charset=utf-8'],
    ['?format=text', 'text/plain; charset=utf-8'],
    ['?format=srt', 'application/x-subrip; charset=utf-8'],
    ['?format=vtt', 'text/vtt; charset=utf-8'],
  ])('asked for with %j is %s on every replica, and kept from caches', async (query, contentType) => {
    const sessionId = await spoken(15);
    const [first, second] = await Promise.all([read(sessionId, query, 0), read(sessionId, query, 1)]);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe(contentType);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(await first.text()).toBe(await second.text());
  });

  it('as JSON is what the session shows, as text one line', async () => {
    const sessionId = await spoken(15);
    const view = sessionViewSchema.parse(await (await read(sessionId)).json());
    expect(view).toEqual(await (await fetch(`${url(0)}/stt/sessions/${sessionId}`)).json());
    expect(await (await read(sessionId, '?format=text')).text()).toBe(`${words(1, 15)}\n`);
  });

  it('is an empty file before the first final, and grows with each', async () => {
    const client = connectNative(url(0));
    const { session_id: sessionId } = await client.first('session_started');
    expect(await (await read(sessionId, '?format=vtt')).text()).toBe('WEBVTT\n');
    expect(await (await read(sessionId, '?format=srt')).text()).toBe('');
    expect(await (await read(sessionId, '?format=text')).text()).toBe('');
    client.frames(1, 10);
    client.json({ type: 'finalize' });
    await client.first('ack');
    client.json({ type: 'end' });
    await client.closed;
    expect(await (await read(sessionId, '?format=text')).text()).toBe(`${words(1, 10)}\n`);
  });

  it.each(['?format=docx', '?format=', '?fromat=srt', '?format=srt&format=vtt'])(
    'asked for with %s is refused, and the sentence says what is allowed',
    async (query) => {
      const response = await read(await spoken(1), query);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'bad_request', error: expect.stringContaining('format') });
    },
  );

  it.each(['nonsense', `s00-${'0'.repeat(32)}`, '..%2f..%2fetc', '%00'])('of %s is not there', async (id) => {
    expect((await read(id)).status).toBe(404);
  });

  it('can only be read', async () => {
    const response = await fetch(`${url(0)}/stt/sessions/x/transcript`, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('the subtitles of two channels', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: TranscriberSide;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await openTranscriberSide({ redisUrl: redis.url, keyPrefix, nodeId: 't1' });
    await transcriber.heartbeat('t1', {
      ...{ role: 'transcriber', version: '1', started_at_ms: 0, sessions: 0, capacity: 8, load: 0, draining: false },
      providers: [{ name: 'ledger', languages: ['*'], status: 'ok' }],
    });
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix });
  });
  afterAll(async () => {
    await gateway.close();
    await transcriber.close();
    await redis.stop();
  });

  const final = (session: ClaimedSession, rest: Partial<Transcription> & { seq: number }): string =>
    JSON.stringify({
      ...{ type: 'transcription', is_final: true, confidence: 0.9, language: 'en', timestamp: '2026-01-01T00:00:00' },
      ...{ session_id: session.sessionId, segment_id: rest.seq, revision: 0, provider: 'ledger' },
      ...{ speech_final: true, stable_chars: 0, ...rest },
    });

  it('stand in the order of time, each line with its voice, whichever was final first', async () => {
    const client = connectNative(gateway.url, 'channels=2&words=true');
    const { session_id: sessionId } = await client.first('session_started');
    const [session] = await transcriber.claim(1, ['ledger']);
    if (session === undefined) throw new Error('the session was not to be had');
    const hello = [{ word: 'hello', start_ms: 100, end_ms: 600, confidence: 0.9 }];
    const messages = [
      final(session, { seq: 1, text: 'Who is there?', start_ms: 900, end_ms: 2000, channel: 1 }),
      final(session, { seq: 2, text: 'Hello!', start_ms: 80, end_ms: 640, channel: 0, words: hello }),
    ].map((json, index) => ({ seq: (index + 1) as Seq, json }));
    const { fence } = session;
    await transcriber.commit({
      ...{ sessionId: session.sessionId, fence, afterSeq: 0 as Seq, messages, checkpoint: '{}' },
      ...{ releaseBeforeSample: 0, endsSession: false },
    });
    const text = async (format: string) =>
      (await fetch(`${gateway.url}/stt/sessions/${sessionId}/transcript?format=${format}`)).text();
    expect(await text('srt')).toBe(
      '1\n00:00:00,100 --> 00:00:00,600\n[Speaker 0]\nHello!\n\n' +
        '2\n00:00:00,900 --> 00:00:02,000\n[Speaker 1]\nWho is there?\n',
    );
    expect(await text('vtt')).toBe(
      'WEBVTT\n\n00:00:00.100 --> 00:00:00.600\n<v Speaker 0>Hello!\n\n' +
        '00:00:00.900 --> 00:00:02.000\n<v Speaker 1>Who is there?\n',
    );
    expect(await text('text')).toBe('Speaker 0: Hello!\nSpeaker 1: Who is there?\n');
    client.socket.terminate();
  });
});
