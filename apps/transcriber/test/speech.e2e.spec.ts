import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHUNK_SAMPLES, readAudioFile, toPcm16 } from '@verbatim/audio';
import { eventually, type StartedProcess } from '@verbatim/testing';
import { eventsOf, startBench, type Bench } from './bench.ts';
import { openCall, type Call } from './call.ts';

const FIXTURES = new URL('../../../libs/recognizers/test/fixtures/', import.meta.url);
const BOAT = plain('My brother found a small blue boat on the river bank.');
const REPORT = plain('Please send the second report to the office before Friday.');

const FRAME_MS = 100;
const SILENCE = new Int16Array(12 * CHUNK_SAMPLES);

/** A fixture as 16 kHz mono s16. */
async function spoken(name: string): Promise<Int16Array> {
  const [samples = new Float32Array(0)] = (await readAudioFile(await readFile(new URL(`${name}.flac`, FIXTURES))))
    .samples;
  const pcm = toPcm16(samples);
  return new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
}

/** Letters only: whether it is a river bank or a riverbank is no error. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}

describe('a transcriber with the local recogniser', () => {
  let bench: Bench;
  let transcribers: StartedProcess[];

  beforeAll(async () => {
    bench = await startBench({ env: { STT_PROVIDERS: 'local' } });
    transcribers = [await bench.startTranscriber()];
  }, 30_000);

  afterAll(() => bench.stop());

  const openLocal = (): Promise<Call> => openCall(bench.gateway, { provider: 'local', buffer_ms: 500 });

  it('reads real sentences back, each soon after its end, and shows them while they are spoken', async () => {
    const call = await openLocal();
    await call.say(await spoken('boat'), FRAME_MS);
    const spokenAtMs = performance.now();
    const silent = call.say(SILENCE, FRAME_MS);
    const finalAfterMs = await eventually(() => {
      expect(call.finals()).toHaveLength(1);
      return performance.now() - spokenAtMs;
    });
    await silent;
    await call.say(await spoken('report'), FRAME_MS);
    const ended = await call.end();
    expect(call.finals().map(({ text }) => plain(text))).toEqual([BOAT, REPORT]);
    expect(plain(ended.text)).toBe(BOAT + REPORT);
    expect(ended.confidence).toBeNull();
    expect(call.transient.filter(({ type }) => type === 'transcription').length).toBeGreaterThan(3);
    // 0.6 s of silence end an utterance; the speculative decode makes its text ready by then. A loaded machine gets a second more.
    expect(finalAfterMs).toBeLessThan(1800);
  }, 30_000);

  it('goes on in mid-sentence when its owner is killed, with the same words', async () => {
    const call = await openLocal();
    const boat = await spoken('boat');
    await call.say(boat.slice(0, boat.length / 2), FRAME_MS);
    transcribers.push(await bench.startTranscriber());
    await transcribers[0]?.kill();
    await call.say(boat.slice(boat.length / 2), FRAME_MS);
    await call.end();
    expect(plain(call.textOf())).toBe(BOAT);
    expect(eventsOf(transcribers[1] as StartedProcess, 'session_claimed')).toMatchObject([{ takeover: true }]);
  }, 30_000);
});
