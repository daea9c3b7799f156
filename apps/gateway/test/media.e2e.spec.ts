import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTranscriberSide, type TranscriberSide } from '@verbatim/backbone';
import { createRandom, eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { createDecoderPool } from '../src/decoding/create-decoder-pool.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { fixture, piecesOf } from './support/fixtures.ts';
import { connectNative, type NativeClient } from './support/native-client.ts';
import { oggPackets } from './support/ogg-packets.ts';
import { largestDifference, readStored } from './support/stored-audio.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

/** Every kind of packed audio, as a client sends it, and how far a decoder that begins anew may differ. Units: of a 16-bit sample. */
const KINDS = [
  { name: 'speech.wav', query: 'encoding=container', tolerance: 0 },
  { name: 'speech.ulaw.wav', query: 'encoding=container', tolerance: 0 },
  { name: 'speech.flac', query: 'encoding=container', tolerance: 0 },
  { name: 'speech.mp3', query: 'encoding=container', tolerance: 1 },
  { name: 'speech.vorbis.ogg', query: 'encoding=container', tolerance: 1 },
  { name: 'speech.opus.ogg', query: 'encoding=container', tolerance: 150 },
  { name: 'speech.webm', query: 'encoding=container', tolerance: 150 },
  { name: 'speech-stereo.wav', query: 'encoding=container&channels=2', tolerance: 0 },
  { name: 'raw packets', query: 'encoding=opus', tolerance: 150 },
] as const;

type Kind = (typeof KINDS)[number];

/** Odd on purpose: no kind's frames are cut where the client cuts. */
const FRAME_BYTES = 777;

/** The frames of a client from a byte on; packets stay whole. */
function framesFrom({ name }: Kind, fromByte: number): readonly Uint8Array[] {
  if (name !== 'raw packets') return piecesOf(fixture(name).subarray(fromByte), FRAME_BYTES);
  let at = 0;
  return oggPackets(fixture('speech.opus.ogg')).filter((packet) => {
    at += packet.length;
    return at > fromByte;
  });
}

/** What one decoder makes of the whole, without any connection. */
async function expectedPcm(kind: Kind): Promise<Buffer> {
  const encoding = kind.query.includes('opus') ? 'opus' : 'container';
  const channels = kind.query.includes('channels=2') ? 2 : 1;
  const pool = createDecoderPool({ workers: 1 });
  const decoding = pool.open({ encoding, sampleRateHz: 16_000, channels }, { longestSeconds: 60 });
  const answers = [...framesFrom(kind, 0).map((frame) => decoding.accept(frame)), decoding.end()];
  const chunks = (await Promise.all(answers)).flatMap((answer) => answer.chunks);
  await pool.close();
  return Buffer.concat(chunks.map(({ pcm }) => pcm));
}

describe('packed audio over the native protocol', () => {
  const keyPrefix = uniquePrefix();
  let redis: PrivateRedis;
  let transcriber: FakeTranscriber;
  let side: TranscriberSide;
  let gateways: readonly TestGateway[];

  beforeAll(async () => {
    redis = await startRedis();
    transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
    // It holds the sessions and reads nothing, so that what was stored can be looked at.
    transcriber.stall();
    side = await openTranscriberSide({ redisUrl: redis.url, keyPrefix, nodeId: 'onlooker' });
    const limits = { roundMs: 50 };
    gateways = await Promise.all([1, 2].map(() => openTestGateway({ redisUrl: redis.url, keyPrefix, limits })));
  });

  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
    await side.close();
    await transcriber.stop();
    await redis.stop();
  });

  const url = (turn: number): string => gateways[turn % gateways.length]?.url ?? '';

  async function open(query: string): Promise<{ client: NativeClient; id: string; token: string }> {
    const client = connectNative(url(0), query);
    const { session_id: id, resume_token: token } = await client.first('session_started');
    return { client, id, token };
  }

  /** Waits for the mark: everything before it is stored. */
  async function storedUpTo(id: string, mark: string) {
    return eventually(async () => {
      const stored = await readStored(side, id);
      expect(stored.entries.at(-1)).toMatch(mark);
      return stored;
    });
  }

  it.each(KINDS)('stores of $name ($query) what one decoder makes of it', async (kind) => {
    const { client, id } = await open(kind.query);
    for (const frame of framesFrom(kind, 0)) client.socket.send(frame);
    client.json({ type: 'end' });
    const { pcm, entries } = await storedUpTo(id, 'end');
    expect(largestDifference(pcm, await expectedPcm(kind))).toBe(0);
    expect(entries.filter((entry) => entry.startsWith('end'))).toHaveLength(1);
    const acks = client.all('ack').map((ack) => ack.audio_bytes);
    expect(acks).toEqual([...acks].sort((a, b) => a - b));
    expect(client.all('error')).toEqual([]);
    client.socket.terminate();
  });

  it.each(KINDS)(
    'goes on with $name on another replica, cut off anywhere, without a sample lost or doubled',
    async (kind) => {
      const random = createRandom(20_261);
      const whole = await expectedPcm(kind);
      const session = await open(kind.query);
      const { id } = session;
      let { client, token } = session;
      let fromByte = 0;
      for (let turn = 1; turn <= 3; turn += 1) {
        const frames = framesFrom(kind, fromByte);
        // The second time most is sent and some of it stored; else the cut comes while frames are on their way or in a decoder.
        const mustBeStored = turn === 2;
        const share = mustBeStored ? 0.6 : random.next() * 0.3;
        const { pcm: before } = await readStored(side, id);
        for (const frame of frames.slice(0, Math.floor(share * frames.length))) client.socket.send(frame);
        if (mustBeStored) {
          await eventually(async () => expect((await readStored(side, id)).pcm.length).toBeGreaterThan(before.length));
        }
        client.socket.terminate();
        client = connectNative(url(turn), `session_id=${id}&resume_token=${token}&last_seq=0`);
        const resumed = await client.first('session_resumed');
        token = resumed.resume_token;
        fromByte = resumed.audio_bytes;
      }
      for (const frame of framesFrom(kind, fromByte)) client.socket.send(frame);
      client.json({ type: 'end' });
      const { pcm } = await storedUpTo(id, 'end');
      expect(pcm.length).toBe(whole.length);
      expect(largestDifference(pcm, whole)).toBeLessThanOrEqual(kind.tolerance);
      expect(client.all('error')).toEqual([]);
      client.socket.terminate();
    },
  );

  it('puts a finalize behind all audio before it, however long that takes to decode, and goes on behind it', async () => {
    const kind = KINDS[2];
    const { client, id } = await open(kind.query);
    const frames = framesFrom(kind, 0);
    const half = Math.floor(frames.length / 2);
    for (const frame of frames.slice(0, half)) client.socket.send(frame);
    client.json({ type: 'finalize' });
    for (const frame of frames.slice(half)) client.socket.send(frame);
    client.json({ type: 'end' });
    const { pcm, entries } = await storedUpTo(id, 'end');
    const at = entries.findIndex((entry) => entry.startsWith('finalize'));
    expect(entries[at]?.split(' ')[1]).toBe(entries[at - 1]?.split(' ')[1]);
    expect(Number(entries[at]?.split(' ')[1])).toBeGreaterThan(16_000);
    expect(pcm.equals(await expectedPcm(kind))).toBe(true);
    client.socket.terminate();
  });

  it('takes packets as base64 too', async () => {
    const kind = KINDS[8];
    const { client, id } = await open(kind.query);
    for (const frame of framesFrom(kind, 0))
      client.json({ type: 'audio', data: Buffer.from(frame).toString('base64') });
    client.json({ type: 'end' });
    const { pcm } = await storedUpTo(id, 'end');
    expect(largestDifference(pcm, await expectedPcm(kind))).toBe(0);
    client.socket.terminate();
  });

  it('answers finalize and end without any audio', async () => {
    const { client, id } = await open('encoding=container');
    client.json({ type: 'finalize' });
    client.json({ type: 'end' });
    const { entries } = await storedUpTo(id, 'end');
    expect(entries).toEqual(['finalize 0', 'end 0']);
    client.socket.terminate();
  });

  it('acknowledges everything before a mark as soon as it is stored', async () => {
    const { client } = await open('encoding=container');
    const bytes = fixture('speech.wav');
    for (const frame of piecesOf(bytes, FRAME_BYTES)) client.socket.send(frame);
    client.json({ type: 'finalize' });
    await eventually(() => expect(client.all('ack').at(-1)?.audio_bytes ?? 0).toBeGreaterThan(bytes.length * 0.9));
    client.socket.terminate();
  });

  it.each([
    ['an MP4 file', fixture('speech.m4a'), 'audio_unsupported', /upload it whole to \/stt\/stream-chunk/],
    ['an AAC file', fixture('speech.aac'), 'audio_unsupported', /upload it whole/],
    [
      'no audio at all',
      Buffer.from('<!doctype html><html><body>hello</body></html>'),
      'audio_unsupported',
      /accepted are WAV/,
    ],
    [
      'a program',
      Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(64)]),
      'audio_unsupported',
      /accepted are/,
    ],
    ['a playlist', Buffer.from('#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/\n'), 'audio_unsupported', /accepted are/],
    ['a WAV of 255 channels', wavHeader(255), 'audio_unsupported', /255 channels/],
  ])('refuses %s with 4009 and says what to do', async (_what, bytes, code, sentence) => {
    const { client } = await open('encoding=container');
    for (const frame of piecesOf(bytes, FRAME_BYTES)) client.socket.send(frame);
    client.json({ type: 'end' });
    await expect(client.closed).resolves.toEqual({ code: 4009, reason: code });
    expect(client.all('error')).toMatchObject([{ code, error: expect.stringMatching(sentence), retryable: false }]);
  });

  it('says of a file that was announced as samples how to send it', async () => {
    const { client } = await open('encoding=pcm_s16le');
    client.socket.send(fixture('speech.flac').subarray(0, 3000));
    await expect(client.closed).resolves.toEqual({ code: 4009, reason: 'audio_undecodable' });
    expect(client.all('error')[0]?.error).toMatch(/begins like a FLAC file: open the session with encoding=container/);
  });

  it('is unharmed by files that are broken anywhere: neighbours, descriptors and process stay as they are', async () => {
    const random = createRandom(4);
    const neighbour = await open(KINDS[2].query);
    const neighbourFrames = framesFrom(KINDS[2], 0);
    const descriptors = () => readdirSync('/proc/self/fd').length;
    let before = 0;
    const names = KINDS.slice(0, 7).map(({ name }) => name);
    for (let round = 0; round < 4; round += 1) {
      const broken = await Promise.all(names.map(() => open('encoding=container')));
      broken.forEach(({ client }, index) => {
        const bytes = Buffer.from(fixture(names[index] ?? ''));
        for (let hit = 0; hit < 60; hit += 1)
          bytes[random.integer(hit < 10 ? 0 : 64, bytes.length - 1)] = random.integer(0, 255);
        for (const frame of piecesOf(bytes, 4000)) client.socket.send(frame);
        client.json({ type: 'end' });
      });
      const at = round * 10;
      for (const frame of neighbourFrames.slice(at, round === 3 ? undefined : at + 10))
        neighbour.client.socket.send(frame);
      // Each is either refused with the code of the table, or decoded as well as it goes; in either case its session ends and frees its place.
      await Promise.all(
        broken.map(({ client, id }) =>
          eventually(async () => {
            const [error] = client.all('error');
            expect((await readStored(side, id)).entries.at(-1)).toMatch('end');
            if (error !== undefined)
              expect(['audio_undecodable', 'audio_unsupported', 'audio_too_long']).toContain(error.code);
          }),
        ),
      );
      for (const { client } of broken) client.socket.terminate();
      await Promise.all(broken.map(({ client }) => client.closed));
      // After the first round: by then every worker has been started.
      if (round === 0) before = descriptors();
    }
    neighbour.client.json({ type: 'end' });
    const { pcm } = await storedUpTo(neighbour.id, 'end');
    expect(pcm.equals(await expectedPcm(KINDS[2]))).toBe(true);
    await eventually(() => expect(descriptors()).toBeLessThanOrEqual(before));
    for (const gateway of gateways)
      expect(gateway.logLines.filter((line) => line.includes('internal_error'))).toEqual([]);
    neighbour.client.socket.terminate();
  }, 60_000);

  it('holds back a file that comes to more than may wait for recognition, and loses nothing of it', async () => {
    const seconds = 240;
    const bytes = Buffer.concat([ulawHeader(), Buffer.alloc(seconds * 8000, 0xff)]);
    const { client, id } = await open('encoding=container');
    for (const frame of piecesOf(bytes, 16_000)) client.socket.send(frame);
    client.json({ type: 'end' });
    const status = await client.first('session_status');
    expect(status).toMatchObject({ state: 'degraded', reason: expect.stringContaining('recognition is behind') });
    const held = await readStored(side, id);
    expect(held.pcm.length / 32_000).toBeGreaterThan(55);
    expect(held.pcm.length / 32_000).toBeLessThan(120);
    transcriber.goOn();
    await expect(client.closed).resolves.toEqual({ code: 1000, reason: 'done' });
    transcriber.stall();
    await expect(client.first('session_ended')).resolves.toMatchObject({ audio_ms: seconds * 1000 });
  }, 60_000);
});

/** A WAV file's head for 16-bit samples of so many channels. */
function wavHeader(channels: number): Buffer {
  return riff({ tag: 1, channels, rateHz: 16_000, bits: 16 });
}

function ulawHeader(): Buffer {
  return riff({ tag: 7, channels: 1, rateHz: 8000, bits: 8 });
}

function riff(format: { tag: number; channels: number; rateHz: number; bits: number }): Buffer {
  const { tag, channels, rateHz, bits } = format;
  const head = Buffer.alloc(44);
  const frameBytes = (channels * bits) / 8;
  head.write('RIFF', 0);
  head.writeUInt32LE(0xffff_ffff, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(tag, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * frameBytes, 28);
  head.writeUInt16LE(frameBytes, 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36);
  head.writeUInt32LE(0xffff_ffff, 40);
  return head;
}
