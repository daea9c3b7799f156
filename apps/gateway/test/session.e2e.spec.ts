import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStreamingSession } from '@verbatim/client';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

describe('a session over /stt/stream', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix });
  });

  afterAll(async () => {
    await gateway.close();
    await transcriber.stop();
    await redis.stop();
  });

  it('tells every word of the audio in order, acknowledges it, and closes with 1000 after end', async () => {
    const client = connectNative(gateway.url, 'sample_rate=16000&chunk_size=3200');
    client.frames(1, 25);
    client.json({ type: 'end' });
    await expect(client.closed).resolves.toEqual({ code: 1000, reason: 'done' });

    const [started] = client.messages;
    expect(started).toMatchObject({
      type: 'session_started',
      provider: 'ledger',
      chunk_size: 3200,
      resume_window_s: 300,
    });
    expect(client.finalsText()).toBe(words(1, 25));
    expect(client.messages.at(-1)).toMatchObject({ type: 'session_ended', text: words(1, 25), audio_ms: 2500 });
    expect(client.all('ack').at(-1)).toEqual({ type: 'ack', audio_bytes: 25 * 3200 });
    expect(client.all('error')).toEqual([]);
  });

  it('takes audio as base64 and mixed with binary frames', async () => {
    const client = connectNative(gateway.url);
    client.frame(1);
    const pcm = Buffer.alloc(3200);
    pcm.writeInt16LE(2, 0);
    client.json({ type: 'audio', data: pcm.toString('base64') });
    client.frame(3);
    client.json({ type: 'end' });
    await client.closed;
    expect(client.finalsText()).toBe(words(1, 3));
  });

  it('gives a final for all audio so far after finalize, acknowledges it at once, and goes on', async () => {
    const client = connectNative(gateway.url);
    client.frames(1, 3);
    client.json({ type: 'finalize' });
    await eventually(() => expect(client.finalsText()).toBe(words(1, 3)));
    expect(client.all('ack').at(-1)).toEqual({ type: 'ack', audio_bytes: 3 * 3200 });
    client.frames(4, 6);
    client.json({ type: 'end' });
    await client.closed;
    expect(client.finalsText()).toBe(words(1, 6));
  });

  it('answers finalize and end without any audio with an empty final', async () => {
    const client = connectNative(gateway.url);
    client.json({ type: 'finalize' });
    client.json({ type: 'end' });
    await expect(client.closed).resolves.toMatchObject({ code: 1000 });
    expect(client.all('transcription').map(({ text, is_final }) => [text, is_final])).toEqual([
      ['', true],
      ['', true],
    ]);
    expect(client.messages.at(-1)).toMatchObject({ type: 'session_ended', text: '', audio_ms: 0 });
  });

  it('ignores empty frames', async () => {
    const client = connectNative(gateway.url);
    await client.first('session_started');
    client.socket.send(Buffer.alloc(0));
    client.frame(1);
    client.socket.send(Buffer.alloc(0));
    client.json({ type: 'end' });
    await client.closed;
    expect(client.finalsText()).toBe('w1');
    expect(client.all('error')).toEqual([]);
  });

  it('echoes a sane request id and replaces one that is not', async () => {
    const sane = connectNative(gateway.url, '', { 'x-request-id': 'trace-1.2_3' });
    await sane.first('session_started');
    expect(sane.requestId()).toBe('trace-1.2_3');
    sane.socket.close();
    const wild = connectNative(gateway.url, 'language=klingon', { 'x-request-id': 'a b"c' });
    const error = await wild.first('error');
    expect(error.request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(wild.requestId()).toBe(error.request_id);
  });

  it('resamples what is not 16 kHz and acknowledges the bytes of the client, not its own', async () => {
    const client = connectNative(gateway.url, 'sample_rate=8000&encoding=mulaw');
    await client.first('session_started');
    client.socket.send(Buffer.alloc(8000, 0xff));
    client.json({ type: 'end' });
    await client.closed;
    expect(client.messages.at(-1)).toMatchObject({ type: 'session_ended', audio_ms: 1000 });
    expect(client.all('ack').at(-1)).toEqual({ type: 'ack', audio_bytes: 8000 });
  });

  it('tells once that audio after end is ignored, and still ends with 1000', async () => {
    const client = connectNative(gateway.url);
    client.frames(1, 2);
    client.json({ type: 'end' });
    client.frames(3, 4);
    await expect(client.closed).resolves.toMatchObject({ code: 1000 });
    expect(client.finalsText()).toBe(words(1, 2));
    expect(client.all('error').length).toBeLessThanOrEqual(1);
  });

  it('serves the client library of the house', async () => {
    const session = await openStreamingSession({ url: gateway.url, config: { provider: 'ledger' } });
    const finals: string[] = [];
    const reading = (async () => {
      for await (const message of session)
        if (message.type === 'transcription' && message.is_final && message.text !== '') finals.push(message.text);
    })();
    for (let n = 1; n <= 12; n += 1) {
      const pcm = new Int16Array(1600);
      pcm[0] = n;
      await session.sendAudio(new Uint8Array(pcm.buffer));
    }
    session.end();
    await expect(session.closed).resolves.toMatchObject({ code: 1000 });
    await reading;
    expect(finals.join(' ')).toBe(words(1, 12));
  });

  it('logs one closing line per session with totals', async () => {
    const client = connectNative(gateway.url, '', { 'x-request-id': 'closing-line' });
    client.frames(1, 12);
    client.json({ type: 'end' });
    await client.closed;
    const line = await eventually(() => {
      const found = gateway.logLines.filter(
        (text) => text.includes('"closing-line"') && text.includes('connection_closed'),
      );
      expect(found).toHaveLength(1);
      return JSON.parse(found[0] ?? '') as Record<string, unknown>;
    });
    expect(line).toMatchObject({
      entered: 'opened',
      code: 1000,
      reason: 'done',
      carried_audio_ms: 1200,
      messages_received: 13,
    });
  });
});
