import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

describe('bad input', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({
      redisUrl: redis.url,
      keyPrefix,
      providers: [
        { name: 'local', languages: ['en'], status: 'ok' },
        { name: 'ledger', languages: ['*'], status: 'ok' },
      ],
    });
    gateway = await openTestGateway({ redisUrl: redis.url, keyPrefix });
  });

  afterAll(async () => {
    // Whatever was sent above: the gateway serves on, and nothing was a defect of ours.
    const client = connectNative(gateway.url, 'provider=ledger');
    client.frames(1, 3);
    client.json({ type: 'end' });
    await client.closed;
    expect(client.finalsText()).toBe(words(1, 3));
    expect(gateway.logLines.filter((line) => line.includes('"defect"'))).toEqual([]);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    await gateway.close();
    await transcriber.stop();
    await redis.stop();
  });

  describe('in the query: accepted, told in one error message, then closed', () => {
    it.each([
      ['sample_rate=abc', 4000, 'bad_request', /sample_rate.*8000 to 48000/],
      ['sample_rate=7999', 4000, 'bad_request', /8000 to 48000/],
      ['sample_rate=-1', 4000, 'bad_request', /8000 to 48000/],
      ['sample_rate=1e309', 4000, 'bad_request', /8000 to 48000/],
      ['chunk_size=0', 4000, 'bad_request', /chunk_size/],
      ['channels=3', 4000, 'bad_request', /channels.*1 to 2/],
      ['interim_results=yes', 4000, 'bad_request', /true, false/],
      ['language=not_a_language', 4000, 'bad_request', /BCP-47/],
      ['langauge=en', 4000, 'bad_request', /did you mean language/],
      ['__proto__=1', 4000, 'bad_request', /Unknown parameter/],
      ['language=en&language=fr', 4000, 'bad_request', /more than once/],
      ['encoding=pcm', 4000, 'bad_request', /encoding.*pcm_s16le/],
      ['provider=nobody', 4000, 'bad_request', /provider.*local/],
      ['provider=google', 4103, 'provider_unavailable', /available: local, ledger/],
      ['provider=local&language=fr', 4000, 'bad_request', /embedded model speaks English only/],
      ['session_id=nonsense&resume_token=x', 4000, 'bad_request', /session_id/],
      ['session_id=s00-00000000000000000000000000000000', 4000, 'bad_request', /resume_token/],
    ])('%s → %i %s', async (query, code, slug, sentence) => {
      const client = connectNative(gateway.url, query);
      await expect(client.closed).resolves.toEqual({ code, reason: slug });
      expect(client.messages).toEqual([
        expect.objectContaining({ type: 'error', code: slug, error: expect.stringMatching(sentence) }),
      ]);
    });

    it('says when to come back where coming back helps', async () => {
      const client = connectNative(gateway.url, 'provider=google');
      const error = await client.first('error');
      expect(error).toMatchObject({ retryable: true, retry_after_ms: expect.any(Number) });
    });
  });

  describe('in a text frame: told in one error message, then closed', () => {
    it.each([
      ['not json', 'hello', /not JSON/],
      ['an array', '[]', /an array/],
      ['null', 'null', /null/],
      ['no type', '{}', /type/],
      ['an unknown type', '{"type":"finalise"}', /did you mean finalize/],
      ['a prototype', '{"__proto__":{"admin":true,"type":"end"}}', /type/],
      ['an unknown field', '{"type":"end","now":true}', /now/],
      ['audio without data', '{"type":"audio"}', /data/],
      ['audio that is not base64', '{"type":"audio","data":"§"}', /base64/],
      ['deep nesting', '['.repeat(10_000), /JSON/],
    ])('%s', async (_name, text, sentence) => {
      const client = connectNative(gateway.url, 'provider=ledger');
      await client.first('session_started');
      client.json(text);
      await expect(client.closed).resolves.toEqual({ code: 4000, reason: 'bad_request' });
      expect(client.all('error')).toEqual([
        expect.objectContaining({ code: 'bad_request', error: expect.stringMatching(sentence) }),
      ]);
    });
  });

  describe('in the audio', () => {
    it('a binary frame over 64 KiB is told and closed with 1009', async () => {
      const client = connectNative(gateway.url, 'provider=ledger');
      await client.first('session_started');
      client.socket.send(Buffer.alloc(65_537));
      await expect(client.closed).resolves.toEqual({ code: 1009, reason: 'message_too_big' });
      expect(client.all('error')).toEqual([expect.objectContaining({ code: 'message_too_big' })]);
    });

    it('a frame over 128 KiB never gets into memory: ws closes with 1009', async () => {
      const client = connectNative(gateway.url, 'provider=ledger');
      await client.first('session_started');
      client.socket.send(Buffer.alloc(131_073));
      await expect(client.closed).resolves.toMatchObject({ code: 1009 });
    });

    it('a message in more than 16 fragments is closed with 1008', async () => {
      const client = connectNative(gateway.url, 'provider=ledger');
      await client.first('session_started');
      for (let n = 0; n < 17; n += 1) client.socket.send(Buffer.alloc(1), { fin: n === 16, binary: true });
      await expect(client.closed).resolves.toMatchObject({ code: 1008 });
    });

    it('text that is not UTF-8 is closed with 1007', async () => {
      const client = connectNative(gateway.url, 'provider=ledger');
      await client.first('session_started');
      client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
      await expect(client.closed).resolves.toMatchObject({ code: 1007 });
    });

    it('an odd byte at the end is told, and all whole samples are transcribed', async () => {
      const client = connectNative(gateway.url, 'provider=ledger');
      client.frames(1, 3);
      await client.first('session_started');
      client.socket.send(Buffer.from([7]));
      client.json({ type: 'end' });
      await expect(client.closed).resolves.toMatchObject({ code: 1000 });
      expect(client.all('error')).toEqual([
        expect.objectContaining({ code: 'audio_undecodable', error: expect.stringMatching(/1 byte left over/) }),
      ]);
      expect(client.finalsText()).toBe(words(1, 3));
    });

    it.each([
      ['a WAV file', Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt '), Buffer.alloc(4000)])],
      ['a FLAC file', Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(4000)])],
      ['an Ogg file', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(4000)])],
      ['a WebM or Matroska file', Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(4000)])],
      ['an MP3 file', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(4000)])],
    ])('%s sent as raw samples is closed with 4009 and says what it looks like', async (name, bytes) => {
      const client = connectNative(gateway.url, 'provider=ledger');
      await client.first('session_started');
      client.socket.send(bytes.subarray(0, 7));
      client.socket.send(bytes.subarray(7));
      await expect(client.closed).resolves.toEqual({ code: 4009, reason: 'audio_undecodable' });
      const [error] = client.all('error');
      expect(error?.error).toContain(name);
    });

    it.each([
      ['NaN', Buffer.alloc(4000, 0xff)],
      ['integers', Buffer.from(Int16Array.from({ length: 4000 }, (_, n) => (n % 2 === 0 ? 12_000 : 31_000)).buffer)],
    ])('floats that are %s are closed with 4009', async (_name, bytes) => {
      const client = connectNative(gateway.url, 'provider=ledger&encoding=pcm_f32le');
      await client.first('session_started');
      client.socket.send(bytes);
      await expect(client.closed).resolves.toEqual({ code: 4009, reason: 'audio_undecodable' });
    });
  });
});
