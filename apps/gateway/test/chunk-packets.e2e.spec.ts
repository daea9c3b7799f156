import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTranscriberSide, type TranscriberSide } from '@verbatim/backbone';
import { startRedis, type PrivateRedis } from '@verbatim/testing';
import { createDecoderPool } from '../src/decoding/create-decoder-pool.ts';
import { refusedChunk, sendChunk } from './support/chunk-client.ts';
import { startFakeTranscriber, type FakeTranscriber } from './support/fake-transcriber.ts';
import { fixture } from './support/fixtures.ts';
import { oggPackets } from './support/ogg-packets.ts';
import { largestDifference, readStored } from './support/stored-audio.ts';
import { openTestGateway, uniquePrefix, type TestGateway } from './support/test-gateway.ts';

/** A second of speech. */
const PACKETS = oggPackets(fixture('speech.opus.ogg')).slice(20, 70);
const PACKET_SAMPLES = 320;

/** How far a decoder that begins anew with each packet may differ from one that went on. Units: of a 16-bit sample. */
const TOLERANCE = 150;

const keyPrefix = uniquePrefix();
let redis: PrivateRedis;
let transcriber: FakeTranscriber;
let side: TranscriberSide;
let replicas: TestGateway[];

beforeAll(async () => {
  redis = await startRedis();
  transcriber = await startFakeTranscriber({ redisUrl: redis.url, keyPrefix });
  // What was stored stays where it can be looked at.
  transcriber.stall();
  side = await openTranscriberSide({ redisUrl: redis.url, keyPrefix, nodeId: 'onlooker' });
  replicas = await Promise.all([1, 2].map(() => openTestGateway({ redisUrl: redis.url, keyPrefix })));
});

afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await side.close();
  await transcriber.stop();
  await redis.stop();
});

const url = (n: number): string => replicas[n % replicas.length]?.url ?? '';

/** What one decoder makes of them, without any connection. */
async function decodeHere(packets: readonly Uint8Array[]): Promise<Buffer> {
  const pool = createDecoderPool({ workers: 1 });
  const decoding = pool.open({ encoding: 'opus', sampleRateHz: 16_000, channels: 1 }, { longestSeconds: 60 });
  const answers = await Promise.all([...packets.map((packet) => decoding.accept(packet)), decoding.end()]);
  await pool.close();
  return Buffer.concat(answers.flatMap(({ chunks }) => chunks.map(({ pcm }) => pcm)));
}

describe('raw Opus packets, one with each chunk', () => {
  it('are stored over two replicas as one decoder gives them, to the end mark', async () => {
    let session = {};
    let sessionId = '';
    for (const [index, audio] of PACKETS.entries()) {
      const isLast = index === PACKETS.length - 1;
      const fields = { encoding: 'opus', ...session, chunk_index: index, is_final_chunk: isLast, wait_ms: 0 };
      sessionId = (await sendChunk(url(index), { audio, fields })).session_id;
      session = { session_id: sessionId };
    }
    const { pcm, entries } = await readStored(side, sessionId);
    expect(entries.at(-1)).toBe(`end ${PACKETS.length * PACKET_SAMPLES}`);
    expect(largestDifference(pcm, await decodeHere(PACKETS))).toBeLessThanOrEqual(TOLERANCE);
  });

  it('go on behind one that was none: its index is free for the right packet', async () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = PACKETS;
    const opened = await sendChunk(url(0), { audio: first, fields: { encoding: 'opus', wait_ms: 0 } });
    const next = { session_id: opened.session_id, chunk_index: 1, is_final_chunk: true, wait_ms: 0 };
    for (const none of NO_PACKETS) {
      const refusal = await refusedChunk(url(1), { audio: none, fields: next });
      expect(refusal).toMatchObject({ status: 422, code: 'audio_undecodable', retryable: false });
      expect(refusal.error).toMatch(/Opus/);
    }
    await sendChunk(url(1), { audio: second, fields: next });
    const { entries } = await readStored(side, opened.session_id);
    expect(entries.at(-1)).toBe(`end ${2 * PACKET_SAMPLES}`);
  });
});

/** Files in place of a packet, many packets at once, and codes of frames that are not there. */
const NO_PACKETS = [
  fixture('speech.opus.ogg'),
  fixture('speech.wav').subarray(0, 3244),
  Buffer.concat(PACKETS.slice(0, 40)),
  Buffer.from([0xff, 0xff]),
  Buffer.from([0x03, 0x3f, 0x00]),
];
