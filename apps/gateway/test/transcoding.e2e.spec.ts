import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@verbatim/testing';
import { createDecoderPool } from '../src/decoding/create-decoder-pool.ts';
import type { DecoderPool, DecodingOptions } from '../src/decoding/decoder-pool.ts';
import { createFfmpegTranscoders } from '../src/decoding/transcoding/create-ffmpeg-transcoders.ts';
import { fixture } from './support/fixtures.ts';

const MONO = { encoding: 'container', sampleRateHz: 16_000, channels: 1 } as const;
const MINUTE: DecodingOptions = { longestSeconds: 60, isUpload: true };

const folder = mkdtempSync(join(tmpdir(), 'verbatim-ffmpeg-'));
let scripts = 0;
let pools: DecoderPool[] = [];

afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  pools = [];
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A stand-in for ffmpeg, as ffmpeg is on no test machine for certain. */
function standIn(body: string): string {
  scripts += 1;
  const path = join(folder, `ffmpeg-${scripts}`);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

function openPool(program: string): DecoderPool {
  const pool = createDecoderPool({ workers: 1, transcoders: createFfmpegTranscoders(program) });
  pools.push(pool);
  return pool;
}

async function decode(program: string, file: Uint8Array, how: Partial<DecodingOptions & { channels: number }> = {}) {
  const { channels = 1, ...options } = how;
  const decoding = openPool(program).open({ ...MONO, channels }, { ...MINUTE, ...options });
  const first = await decoding.accept(file.subarray(0, 700));
  const rest = await decoding.accept(file.subarray(700));
  const last = await decoding.end();
  return [...first.chunks, ...rest.chunks, ...last.chunks];
}

describe('MP4 and AAC through ffmpeg', () => {
  it('are given to it whole, and its samples come back as chunks of the session', async () => {
    const file = fixture('speech.m4a');
    const chunks = await decode(standIn('exec cat'), file, {
      start: { sample: 16_000, clientBytes: 9000, header: new Uint8Array(0) },
    });
    expect(Buffer.concat(chunks.map(({ pcm }) => pcm)).equals(file.subarray(0, file.length & ~1))).toBe(true);
    expect(chunks.map(({ endSample }) => endSample)).toEqual([17_600, 19_200, 20_800, 16_000 + file.length / 2]);
    expect(chunks.at(-1)?.clientBytes).toBe(9000 + file.length);
  });

  it.each([
    ['speech.m4a', 1, ['-protocol_whitelist cache,pipe', '-f mov -i cache:pipe:0', '-nostdin', '-ac 1 pipe:1']],
    [
      'speech.aac',
      2,
      ['-protocol_whitelist cache,pipe', '-f aac -i cache:pipe:0', 'channelmap=map=0|1', '-ac 2 pipe:1'],
    ],
  ])('name the demuxer for %s by its first bytes and open nothing but pipes', async (name, channels, expected) => {
    const said = await textOf(standIn('cat > /dev/null; echo "$@" .'), fixture(name), channels);
    for (const part of expected) expect(said).toContain(part);
  });

  it('run under limits of memory and time, and with nothing of our environment', async () => {
    const said = await textOf(standIn('cat > /dev/null; ulimit -v; ulimit -t; ulimit -c; env'), fixture('speech.m4a'));
    const [memoryKib, cpuSeconds, core] = said.split('\n');
    expect([memoryKib, cpuSeconds, core]).toEqual(['1048576', '60', '0']);
    expect(said).not.toContain('HOME=');
    expect(said).not.toMatch(/REDIS|NODE|VERBATIM/);
  });

  it.each([
    ['is not there', '/nowhere/ffmpeg', 'audio_unsupported', /ffmpeg.*is not installed on this server/],
    ['cannot be run', folder, 'audio_unsupported', /is not installed/],
    [
      'finds the file broken',
      standIn('echo "moov atom not found" >&2; exit 1'),
      'audio_undecodable',
      /cannot be decoded/,
    ],
    ['gives no sound', standIn('cat > /dev/null'), 'audio_undecodable', /cannot be decoded/],
    ['dies', standIn('kill -SEGV $$'), 'audio_undecodable', /cannot be decoded/],
    ['writes without end', standIn('exec cat /dev/zero'), 'audio_too_long', /more than 60 s/],
    [
      'finds one channel where two are wanted',
      standIn("echo \"input channel 'FL' not available from input layout 'mono'\" >&2; exit 1"),
      'audio_unsupported',
      /one channel and the session two/,
    ],
  ])('are refused with a sentence when the program %s', async (_what, program, code, sentence) => {
    await expect(decode(program, fixture('speech.m4a'))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(sentence),
    });
  });

  it.each([
    ['a playlist', (url: string) => `#EXTM3U\n#EXTINF:1,\n${url}\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n`],
    ['a list of files', (url: string) => `ffconcat version 1.0\nfile '${url}'\nfile '/etc/passwd'\n`],
  ])('are all that it is given: %s never starts it, and nobody fetches what it names', async (_what, text) => {
    const started = join(folder, `started-${scripts}`);
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const file = Buffer.from(text(`http://127.0.0.1:${port}/secret`));
    await expect(decode(standIn(`touch ${started}; exec cat`), file)).rejects.toMatchObject({
      code: 'audio_unsupported',
      message: expect.stringMatching(/accepted are WAV/),
    });
    server.close();
    expect([existsSync(started), requests]).toEqual([false, 0]);
  });

  it('are refused over a live connection and without a program, each with its own advice', async () => {
    const pool = openPool(standIn('exec cat'));
    const live = pool.open(MONO, { ...MINUTE, isUpload: false });
    await expect(live.accept(fixture('speech.m4a'))).rejects.toMatchObject({
      code: 'audio_unsupported',
      message: expect.stringContaining('upload it whole to /stt/stream-chunk'),
    });
    const without = createDecoderPool({ workers: 1 });
    pools.push(without);
    await expect(without.open(MONO, MINUTE).accept(fixture('speech.aac'))).rejects.toMatchObject({
      code: 'audio_unsupported',
      message: expect.stringContaining('not installed'),
    });
  });

  it.each(['close of the decoding', 'close of the pool'])('leave no program behind after the %s', async (how) => {
    const pidFile = join(folder, `pid-${scripts}`);
    const pool = openPool(standIn(`echo $$ > ${pidFile}; exec sleep 600`));
    const decoding = pool.open(MONO, MINUTE);
    await decoding.accept(fixture('speech.m4a'));
    const pid = await eventually(async () => {
      return Number.parseInt(await readFile(pidFile, 'utf8'), 10);
    });
    expect(() => process.kill(pid, 0)).not.toThrow();
    const ending = decoding.end().catch((error: unknown) => error);
    if (how.endsWith('pool')) await pool.close();
    else decoding.close();
    expect(await ending).toMatchObject({ code: 'audio_undecodable' });
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  });

  it('are not converted by the dozen at once: who is too many is told to come back', async () => {
    const pool = openPool(standIn('exec sleep 600'));
    const decodings = Array.from({ length: 4 }, () => pool.open(MONO, MINUTE));
    for (const decoding of decodings) await decoding.accept(fixture('speech.m4a'));
    const fifth = pool.open(MONO, MINUTE).accept(fixture('speech.m4a'));
    await expect(fifth).rejects.toMatchObject({ code: 'overloaded', isRetryable: true });
  });
});

/** What a stand-in writes, which the pool takes for samples. */
async function textOf(program: string, file: Uint8Array, channels = 1): Promise<string> {
  const chunks = await decode(program, file, { channels });
  return Buffer.concat(chunks.map(({ pcm }) => pcm)).toString();
}
