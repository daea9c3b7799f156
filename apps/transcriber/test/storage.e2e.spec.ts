import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ledgerAudio, ledgerSilence, ledgerWords } from '@verbatim/recognizers';
import { eventually, freePort } from '@verbatim/testing';
import { eventsOf, startBench, startTranscriber, type Bench } from './bench.ts';
import { openCall } from './call.ts';

const words = (from: number, frames: number): string => ledgerWords(from, frames).join(' ');

/** Resident memory of a process. Units: bytes. */
function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

describe('a transcriber and its Redis', () => {
  let bench: Bench | undefined;

  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });

  it('loses nothing when Redis is killed and comes back', async () => {
    bench = await startBench({ isRedisDurable: true });
    const transcriber = await bench.startTranscriber();
    const call = await openCall(bench.gateway);
    await call.say(ledgerAudio({ from: 1, frames: 40 }), 30);
    await bench.redis.kill();
    await call.say(ledgerAudio({ from: 41, frames: 20 }), 30);
    await bench.redis.restart();
    await call.say(ledgerAudio({ from: 61, frames: 40 }), 30);
    const ended = await call.end();
    expect(call.textOf()).toBe(words(1, 100));
    expect(ended.text).toBe(words(1, 100));
    expect(transcriber.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  }, 30_000);

  it('drops its sessions when Redis comes back without them, and serves the next one', async () => {
    bench = await startBench();
    const transcriber = await bench.startTranscriber();
    const lost = await openCall(bench.gateway);
    await lost.say(ledgerAudio({ from: 1, frames: 20 }), 10);
    await eventually(() => expect(eventsOf(transcriber, 'session_claimed')).toHaveLength(1));
    await bench.redis.kill();
    await bench.redis.restart();
    await eventually(() => expect(eventsOf(transcriber, 'lease_lost')).toHaveLength(1));
    const next = await openCall(bench.gateway);
    await next.say(ledgerAudio({ from: 1, frames: 20 }), 10);
    expect(await next.end()).toMatchObject({ text: words(1, 20) });
    expect(await transcriber.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(eventsOf(transcriber, 'sessions_handed_over')).toMatchObject([{ sessions: 0 }]);
  }, 30_000);

  it('says in one sentence that Redis is not there, and exits 69', async () => {
    const port = await freePort();
    const env = { REDIS_URL: `redis://127.0.0.1:${port}`, STT_PROVIDERS: 'ledger' };
    const refusal = await startTranscriber(env).then(
      () => 'it started',
      (error: unknown) => String(error),
    );
    expect(refusal).toContain(`transcriber cannot start: Redis at 127.0.0.1:${port} cannot be reached`);
    expect(refusal).toMatch(/\b69\b/);
    expect(refusal).not.toMatch(/^\s+at /m);
  });

  it('says in one sentence that a model is missing, and exits 78', async () => {
    bench = await startBench();
    const refusal = await bench.startTranscriber({ STT_PROVIDERS: 'local', STT_LOCAL_MODEL: 'no/such/folder' }).then(
      () => 'it started',
      (error: unknown) => String(error),
    );
    expect(refusal).toContain(
      'transcriber cannot start: Provider local: The model folder no/such/folder cannot be read',
    );
    expect(refusal).toMatch(/\b78\b/);
    expect(refusal).not.toMatch(/^\s+at /m);
  });

  it("holds as little of an hour's session as of a minute's", async () => {
    bench = await startBench();
    const transcriber = await bench.startTranscriber();
    const call = await openCall(bench.gateway, { interim_results: false });
    let said = 0;
    const speakMinutes = async (minutes: number): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await call.say(ledgerAudio({ from: said + 1, frames: 590 }));
        await call.say(ledgerSilence(10));
        said += 590;
      }
    };
    await speakMinutes(10);
    const beforeBytes = residentBytes(transcriber.pid);
    await speakMinutes(50);
    const afterBytes = residentBytes(transcriber.pid);
    await call.end(60_000);
    expect(call.textOf()).toBe(words(1, said));
    expect((afterBytes - beforeBytes) / 2 ** 20).toBeLessThan(30);
  }, 120_000);
});
