import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { frames, refusedChunk, sendChunk } from './support/chunk-client.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { connectNative, words } from './support/native-client.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

const keyPrefix = uniquePrefix();
let redis: PrivateRedis;
let transcriber: FakeTranscriber;
let first: TestGateway;
let second: TestGateway;

beforeAll(async () => {
  redis = await startRedis();
  transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
  const chunkLimits = { orderPatienceMs: 300, lookMs: 100 };
  first = await openTestGateway({ redisUrl: redis.url, keyPrefix, chunkLimits });
  second = await openTestGateway({ redisUrl: redis.url, keyPrefix, chunkLimits });
});

afterAll(async () => {
  await first.close();
  await second.close();
  await transcriber.stop();
  await redis.stop();
});

describe('POST /stt/stream-chunk', () => {
  it('transcribes in one shot: opened, stored, ended and answered by one request', async () => {
    const answer = await sendChunk(first.url, { audio: frames(1, 25), fields: { is_final_chunk: true } });
    expect(answer).toMatchObject({
      ...{ chunk_index: 0, text: words(1, 25), is_final: true, language: 'en', provider: 'ledger', confidence: null },
      transcript: words(1, 25),
    });
    expect(answer.segments.map(({ text }) => text)).toEqual([words(1, 10), words(11, 20), words(21, 25)]);
    expect(answer.timestamp).toMatch(/^\d{4}-\d\d-\d\dT/);
    const view = await fetch(`${second.url}/stt/sessions/${answer.session_id}`);
    expect(await view.json()).toMatchObject({ state: 'ended', transcript: words(1, 25) });
  });

  it('goes on over two replicas with chunks that end anywhere, even in the middle of a sample', async () => {
    const audio = frames(1, 60);
    let answer = await sendChunk(first.url, { audio: audio.subarray(0, 5), fields: { wait_ms: 0 } });
    const { session_id } = answer;
    const texts: string[] = [];
    const cuts = [5, 3201, 40_007, 40_008, 100_001, 150_000, audio.length];
    for (let n = 1; n < cuts.length; n += 1) {
      const gateway = n % 2 === 0 ? first : second;
      const isLast = n === cuts.length - 1;
      answer = await sendChunk(gateway.url, {
        audio: audio.subarray(cuts[n - 1], cuts[n]),
        fields: { session_id, chunk_index: n, is_final_chunk: isLast, language: 'en' },
      });
      expect(answer.chunk_index).toBe(n);
      if (answer.segments.length > 0) texts.push(answer.text);
    }
    expect(answer).toMatchObject({ is_final: true, transcript: words(1, 60) });
    expect(texts.join(' ')).toBe(words(1, 60));
  });

  it('shows the newest interim while there is no final, and tells each final once', async () => {
    const { session_id, ...start } = await sendChunk(first.url, { audio: frames(1, 4) });
    expect(start).toMatchObject({ text: expect.stringMatching(/^w1/), is_final: false, segments: [], transcript: '' });
    const next = await sendChunk(second.url, { audio: frames(5, 12), fields: { session_id, wait_ms: 3000 } });
    const last = await sendChunk(first.url, { audio: frames(13, 14), fields: { session_id, is_final_chunk: true } });
    const finals = [next, last].filter(({ is_final }) => is_final).map(({ text }) => text);
    expect(finals.join(' ')).toBe(words(1, 14));
  });

  it('answers a repeated index again and transcribes it once, whichever replica is asked', async () => {
    const audio = frames(1, 20);
    const chunk = { audio, fields: { wait_ms: 2000 } };
    const { session_id } = await sendChunk(first.url, chunk);
    await eventually(async () => {
      const view = await fetch(`${first.url}/stt/sessions/${session_id}`);
      expect(await view.json()).toMatchObject({ transcript: words(1, 20) });
    });
    const second0 = await sendChunk(second.url, {
      audio: frames(21, 30),
      fields: { session_id, chunk_index: 1, wait_ms: 3000 },
    });
    const again0 = await sendChunk(second.url, { audio, fields: { session_id, chunk_index: 0 } });
    const again1 = await sendChunk(first.url, { audio: frames(21, 30), fields: { session_id, chunk_index: 1 } });
    // An interim is shown once and not kept.
    expect(again1).toMatchObject({ chunk_index: 1, is_final: second0.is_final, segments: second0.segments });
    expect(again0.chunk_index).toBe(0);
    const last = await sendChunk(first.url, { fields: { session_id, is_final_chunk: true } });
    expect(last.transcript).toBe(words(1, 30));
    const lastAgain = await sendChunk(second.url, { fields: { session_id, chunk_index: 2, is_final_chunk: true } });
    expect(lastAgain).toMatchObject({ chunk_index: 2, is_final: true, text: last.text, transcript: words(1, 30) });
  });

  it('takes a chunk once that comes to both replicas at the same moment, several times', async () => {
    const { session_id } = await sendChunk(first.url, { audio: frames(1, 3), fields: { wait_ms: 0 } });
    const chunk = { audio: frames(4, 50), fields: { session_id, chunk_index: 1, wait_ms: 500 } };
    const answers = await Promise.all([first, second, first, second].map(({ url }) => sendChunk(url, chunk)));
    expect(answers.map(({ chunk_index }) => chunk_index)).toEqual([1, 1, 1, 1]);
    const last = await sendChunk(second.url, { fields: { session_id, is_final_chunk: true } });
    expect(last.transcript).toBe(words(1, 50));
  });

  it('waits for a chunk that is on its way, and says which one is missing when it does not come', async () => {
    const { session_id } = await sendChunk(first.url, { audio: frames(1, 3), fields: { wait_ms: 0 } });
    const fields = { session_id, wait_ms: 0 };
    const early = sendChunk(second.url, { audio: frames(7, 9), fields: { ...fields, chunk_index: 2 } });
    const missing = sendChunk(first.url, { audio: frames(4, 6), fields: { ...fields, chunk_index: 1 } });
    expect((await Promise.all([early, missing])).map(({ chunk_index }) => chunk_index)).toEqual([2, 1]);
    const lost = await refusedChunk(first.url, { audio: frames(13, 15), fields: { ...fields, chunk_index: 4 } });
    expect(lost).toMatchObject({ status: 409, code: 'chunk_out_of_order', retryable: false });
    expect(lost.error).toContain('chunk 3 is expected next');
    const last = await sendChunk(first.url, { audio: frames(10, 12), fields: { session_id, is_final_chunk: true } });
    expect(last.transcript).toBe(words(1, 12));
  });

  it('refuses other bytes under an index that was taken', async () => {
    const { session_id } = await sendChunk(first.url, { audio: frames(1, 3), fields: { wait_ms: 0 } });
    const other = { audio: frames(4, 6), fields: { session_id, chunk_index: 0 } };
    expect(await refusedChunk(second.url, other)).toMatchObject({ status: 400, code: 'bad_request' });
  });

  it('says what is wrong with a session that cannot go on', async () => {
    const unknown = { audio: frames(1, 1), fields: { session_id: `s00-${'0'.repeat(32)}` } };
    expect(await refusedChunk(first.url, unknown)).toMatchObject({ status: 404, code: 'session_not_found' });
    const { session_id } = await sendChunk(first.url, { audio: frames(1, 2), fields: { is_final_chunk: true } });
    const late = await refusedChunk(second.url, { audio: frames(3, 4), fields: { session_id } });
    expect(late).toMatchObject({ status: 410, code: 'resume_unrecoverable' });
    expect(late.error).toContain(`GET /stt/sessions/${session_id}`);
    const client = connectNative(first.url);
    const started = await client.first('session_started');
    const foreign = { audio: frames(1, 1), fields: { session_id: started.session_id } };
    expect(await refusedChunk(first.url, foreign)).toMatchObject({ status: 400, code: 'bad_request' });
    client.json({ type: 'end' });
    await client.closed;
  });

  it('is told when the session is deleted while it waits for text, and nothing brings it back', async () => {
    const { session_id } = await sendChunk(first.url, { audio: frames(1, 2), fields: { wait_ms: 0 } });
    transcriber.stall();
    const waiting = refusedChunk(second.url, { audio: frames(3, 4), fields: { session_id, wait_ms: 10_000 } });
    const path = `/stt/sessions/${session_id}`;
    await eventually(async () => {
      const repeat = await sendChunk(first.url, {
        audio: frames(3, 4),
        fields: { session_id, chunk_index: 1, wait_ms: 0 },
      });
      expect(repeat.chunk_index).toBe(1);
    });
    expect((await fetch(`${first.url}${path}`, { method: 'DELETE' })).status).toBe(204);
    expect(await waiting).toMatchObject({ status: 404, code: 'session_not_found' });
    expect(await refusedChunk(first.url, { audio: frames(5, 6), fields: { session_id } })).toMatchObject({
      status: 404,
    });
    transcriber.goOn();
    expect((await fetch(`${second.url}${path}`)).status).toBe(404);
  });

  it('lets later chunks repeat the options of the first one, and refuses to change them', async () => {
    const { session_id } = await sendChunk(first.url, {
      audio: frames(1, 2),
      fields: { sample_rate: 16_000, wait_ms: 0 },
    });
    await sendChunk(second.url, { audio: frames(3, 4), fields: { session_id, sample_rate: 16_000, wait_ms: 0 } });
    const changed = await refusedChunk(second.url, { audio: frames(5, 6), fields: { session_id, sample_rate: 8000 } });
    expect(changed).toMatchObject({ status: 400, code: 'bad_request' });
    expect(changed.error).toContain('sample_rate');
  });

  it('lets the session wait between chunks like one whose client is away', async () => {
    const { session_id } = await sendChunk(first.url, { audio: frames(1, 2), fields: { wait_ms: 0 } });
    const view = await fetch(`${first.url}/stt/sessions/${session_id}`);
    expect(await view.json()).toMatchObject({ state: 'detached' });
  });

  it('answers a final chunk in time although the session is not over, and says so', async () => {
    const { session_id } = await sendChunk(first.url, { audio: frames(1, 2), fields: { wait_ms: 0 } });
    transcriber.stall();
    const fields = { session_id, is_final_chunk: true, wait_ms: 200 };
    const early = await sendChunk(second.url, { audio: frames(3, 4), fields });
    expect(early).toMatchObject({ is_final: false, transcript: '' });
    transcriber.goOn();
    const again = await sendChunk(first.url, {
      audio: frames(3, 4),
      fields: { ...fields, chunk_index: 1, wait_ms: 5000 },
    });
    expect(again).toMatchObject({ is_final: true, transcript: words(1, 4) });
  });

  it('keeps what was said out of the logs', () => {
    const lines = [...first.logLines, ...second.logLines].join('\n');
    expect(lines).not.toMatch(/w1 w2/);
    expect(lines).toContain('/stt/stream-chunk');
  });
});
