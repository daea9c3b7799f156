import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { frames, postChunk, refusedChunk, sendChunk } from './support/chunk-client.ts';
import { fixture } from './support/fixtures.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

const keyPrefix = uniquePrefix();
const MAX_UPLOAD_BYTES = 300_000;
let redis: PrivateRedis;
let transcriber: FakeTranscriber;
let gateway: TestGateway;

beforeAll(async () => {
  redis = await startRedis();
  transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
  gateway = await openTestGateway({
    ...{ redisUrl: redis.url, keyPrefix },
    env: { STT_MAX_UPLOAD_BYTES: MAX_UPLOAD_BYTES, STT_MAX_UPLOAD_SECONDS: 8 },
    // Whatever an upload does not give back shows soon.
    chunkLimits: { mostRequests: 40, memoryBytes: 4_000_000 },
  });
});

afterAll(async () => {
  await gateway.close();
  await transcriber.stop();
  await redis.stop();
});

const BOUNDARY = 'x-boundary';
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;

function part(head: string, content = 'x'): string {
  return `--${BOUNDARY}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
}

const END = `--${BOUNDARY}--\r\n`;
const AUDIO = part('name="audio_chunk"; filename="a.wav"', 'xxxx');

async function post(body: string | Uint8Array<ArrayBuffer>, contentType = FORM) {
  const headers = contentType === '' ? {} : { 'content-type': contentType };
  const response = await fetch(`${gateway.url}/stt/stream-chunk`, { method: 'POST', headers, body });
  return { status: response.status, ...((await response.json()) as { code: string; error: string }) };
}

async function expectAlive(): Promise<void> {
  const audio = frames(1, 3);
  expect(await sendChunk(gateway.url, { audio, fields: { is_final_chunk: true } })).toMatchObject({ text: 'w1 w2 w3' });
}

describe('a form that is not what it should be', () => {
  it.each([
    ['no form at all', '{"audio":"x"}', 'application/json'],
    ['a form of the other kind', 'language=en', 'application/x-www-form-urlencoded'],
    ['no content type', new Uint8Array(10), ''],
    ['no body', '', FORM],
    ['an empty boundary', AUDIO + END, 'multipart/form-data; boundary='],
    ['no boundary', AUDIO + END, 'multipart/form-data'],
    ['a boundary that never comes', AUDIO + END, 'multipart/form-data; boundary=other'],
    ['an end that never comes', AUDIO, FORM],
    ['a file without a name of its own', part('name="audio_chunk"') + END, FORM],
    ['a part without a name', part('filename="a.wav"') + AUDIO + END, FORM],
    ['an empty field name', part('name=""') + AUDIO + END, FORM],
    ['two files', AUDIO + AUDIO + END, FORM],
    ['a file under another name', part('name="file"; filename="a.wav"') + END, FORM],
    ['a field twice', part('name="language"', 'en') + part('name="language"', 'fr') + AUDIO + END, FORM],
    ['three thousand fields', Array.from({ length: 3000 }, (_, n) => part(`name="f${n}"`)).join('') + END, FORM],
    ['a name nested 5000 deep', part(`name="a${'[b]'.repeat(5000)}"`) + AUDIO + END, FORM],
    ['a name with brackets', part('name="a[b]"') + AUDIO + END, FORM],
    ['a prototype', part('name="__proto__"') + AUDIO + END, FORM],
    ['a field of 100 kB', part('name="language"', 'e'.repeat(100_000)) + AUDIO + END, FORM],
    ['a misspelt field', part('name="langauge"', 'en') + AUDIO + END, FORM],
    ['a value out of range', part('name="sample_rate"', '44') + AUDIO + END, FORM],
    ['no audio', part('name="language"', 'en') + END, FORM],
    ['empty audio', part('name="audio_chunk"; filename="a.wav"', '') + END, FORM],
  ])('is refused: %s', async (_name, body, contentType) => {
    expect(await post(body, contentType)).toMatchObject({ status: 400, code: 'bad_request' });
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('is never taken at its name: paths, zero bytes, ten thousand letters, right to left', async () => {
    const before = readdirSync(tmpdir()).length;
    for (const filename of ['../../x', '..%2f..%2fetc%2fpasswd', 'x\0.wav', 'a'.repeat(10_000), '\u202egnp.wav']) {
      const form = part(`name="audio_chunk"; filename="${filename}"`, '\0\0\0\0') + part('name="wait_ms"', '0') + END;
      expect([200, 400]).toContain((await post(form)).status);
    }
    expect(readdirSync(tmpdir()).length).toBe(before);
    await expectAlive();
  });

  it('is 413 when it is too large, whether its length is announced or not', async () => {
    const audio = new Uint8Array(MAX_UPLOAD_BYTES + 1);
    expect(await refusedChunk(gateway.url, { audio })).toMatchObject({ status: 413, code: 'message_too_big' });
    const huge = new Uint8Array(MAX_UPLOAD_BYTES + 200_000);
    expect(await refusedChunk(gateway.url, { audio: huge })).toMatchObject({ status: 413, code: 'message_too_big' });
    await expectAlive();
  });

  it('is closed with an error when its announced length is a lie', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    const body = AUDIO + END;
    socket.write(
      `POST /stt/stream-chunk HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM}\r\ncontent-length: 40\r\n\r\n${body}`,
    );
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (data: Buffer) => (text += data.toString()));
      socket.once('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"bad_request"/s);
    await expectAlive();
  });

  it('has no other method', async () => {
    const response = await fetch(`${gateway.url}/stt/stream-chunk`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});

describe('audio that is not what it should be', () => {
  it.each([
    ['ELF', Buffer.from('\x7fELF\x02\x01\x01\0'.padEnd(400, '\0'), 'latin1'), 415, 'audio_unsupported'],
    ['HTML', Buffer.from('<!DOCTYPE html><p>hi'), 415, 'audio_unsupported'],
    ['ZIP', Buffer.from('PK\x03\x04'.padEnd(400, 'x'), 'latin1'), 415, 'audio_unsupported'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 415, 'audio_unsupported'],
  ])('is refused by its first bytes: %s named .wav', async (_name, audio, status, code) => {
    const refusal = await refusedChunk(gateway.url, { audio, filename: 'speech.wav' });
    expect(refusal).toMatchObject({ status, code });
    expect(refusal.error).toContain('WAV, FLAC, MP3');
  });

  it('is refused when it ends in the middle of a sample, and when a file comes as samples', async () => {
    const odd = { audio: frames(1, 1).subarray(1), fields: { is_final_chunk: true } };
    expect(await refusedChunk(gateway.url, odd)).toMatchObject({ status: 422, code: 'audio_undecodable' });
    const file = { audio: fixture('speech.flac'), fields: { encoding: 'pcm_s16le' } };
    expect(await refusedChunk(gateway.url, file)).toMatchObject({ status: 422, code: 'audio_undecodable' });
  });

  it('is 413 when it comes to more audio than one upload may', async () => {
    const audio = new Uint8Array(290_000);
    const fields = { encoding: 'mulaw', sample_rate: 8000 };
    expect(await refusedChunk(gateway.url, { audio, fields })).toMatchObject({ status: 413, code: 'audio_too_long' });
    await expectAlive();
  });

  it('leaves no session behind when it was to open one', async () => {
    const openSessions = async (): Promise<unknown> => {
      const stats = await fetch(`${gateway.url}/streaming/stats`);
      return ((await stats.json()) as { active_sessions: number }).active_sessions;
    };
    const before = await openSessions();
    const odd = { audio: frames(1, 9).subarray(1), fields: { is_final_chunk: true } };
    const cut = { audio: fixture('speech.wav').subarray(0, 20), fields: { is_final_chunk: true } };
    for (const chunk of [odd, cut]) {
      const { status, headers } = await postChunk(gateway.url, chunk);
      expect([status, headers.get('x-session-id')]).toEqual([422, null]);
    }
    expect(await openSessions()).toBe(before);
  });

  it('leaves its index to other bytes while nothing of it is stored', async () => {
    const { session_id } = await sendChunk(gateway.url, { audio: frames(1, 2), fields: { wait_ms: 0 } });
    const broken = { audio: frames(3, 3).subarray(1), fields: { session_id, chunk_index: 1, is_final_chunk: true } };
    expect(await refusedChunk(gateway.url, broken)).toMatchObject({ code: 'audio_undecodable' });
    const mended = { ...broken, audio: frames(3, 3) };
    expect(await sendChunk(gateway.url, mended)).toMatchObject({ is_final: true, transcript: 'w1 w2 w3' });
  });
});

describe('a connection that breaks off in the middle of an upload', () => {
  it('leaves nothing behind, 500 times', async () => {
    await expectAlive();
    const before = { fds: openFds(), files: readdirSync(tmpdir()).length };
    for (let round = 0; round < 25; round += 1) await Promise.all(Array.from({ length: 20 }, () => breakOff()));
    await eventually(() => expect(openFds()).toBeLessThanOrEqual(before.fds + 2), { timeoutMs: 10_000 });
    expect(readdirSync(tmpdir()).length).toBeLessThanOrEqual(before.files);
    await expectAlive();
    expect(gateway.logLines.filter((line) => line.includes('"event":"defect"'))).toEqual([]);
  }, 60_000);
});

/** Open files of this process where the system shows them, else none. */
function openFds(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

/** Announces 100 kB, sends some, and is gone. */
async function breakOff(): Promise<void> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const head = `POST /stt/stream-chunk HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM}\r\ncontent-length: 100000\r\n\r\n`;
  const begun = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="audio_chunk"; filename="a"\r\n\r\n${'x'.repeat(20_000)}`;
  await new Promise<void>((resolve) => socket.write(head + begun, () => resolve()));
  socket.destroy();
}
