import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverMessageSchema } from '@verbatim/protocol';
import { ledgerAudio, ledgerSilence, ledgerWords } from '@verbatim/recognizers';
import { eventually } from '@verbatim/testing';
import { eventsOf, startBench, type Bench } from './bench.ts';
import { openCall } from './call.ts';

const words = (from: number, frames: number): string => ledgerWords(from, frames).join(' ');

describe('a transcriber', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await startBench();
    await bench.startTranscriber();
  });

  afterAll(() => bench.stop());

  it('says every word once and in order, over pauses, marks and forced splits', async () => {
    const call = await openCall(bench.gateway);
    await call.say(ledgerAudio({ from: 1, frames: 30 }));
    await call.say(ledgerSilence(10));
    await call.say(ledgerAudio({ from: 31, frames: 12 }));
    call.mark('finalize');
    await call.say(ledgerAudio({ from: 43, frames: 8 }));
    call.mark('finalize');
    await call.say(ledgerAudio({ from: 51, frames: 350 }));
    await call.say(ledgerSilence(25));
    await call.say(ledgerAudio({ from: 401, frames: 20 }));
    const ended = await call.end();
    expect(call.textOf()).toBe(words(1, 420));
    expect(ended).toMatchObject({ text: words(1, 420), audio_ms: 45_500, reason: 'client_end' });
    expect(call.durable.map((message) => serverMessageSchema.parse(message))).toEqual(call.durable);
    expect(call.durable.map((message) => 'seq' in message && message.seq)).toEqual(
      call.durable.map((_, index) => index + 1),
    );
    expect(
      call
        .finals()
        .slice(0, 3)
        .map(({ text }) => text),
    ).toEqual([words(1, 30), words(31, 12), words(43, 8)]);
  });

  it('keeps two channels apart', async () => {
    const call = await openCall(bench.gateway, { channels: 2 });
    const left = ledgerAudio({ from: 1, frames: 60 });
    const right = new Int16Array([...ledgerSilence(20), ...ledgerAudio({ from: 1001, frames: 40 })]);
    const both = new Int16Array(2 * left.length);
    left.forEach((sample, index) => (both[2 * index] = sample));
    right.forEach((sample, index) => (both[2 * index + 1] = sample));
    await call.say(both);
    await call.end();
    expect([call.textOf(0), call.textOf(1)]).toEqual([words(1, 60), words(1001, 40)]);
  });

  it('answers an end without audio with an empty final', async () => {
    const call = await openCall(bench.gateway);
    const ended = await call.end();
    expect(call.finals().map(({ text }) => text)).toEqual(['']);
    expect(ended).toMatchObject({ text: '', audio_ms: 0, segments: 1, seq: 2 });
  });

  it('ends a session that its client left alone at the mark of the reaper, and says why', async () => {
    const call = await openCall(bench.gateway);
    await call.say(ledgerAudio({ from: 1, frames: 12 }));
    call.mark('expire');
    expect(await call.end()).toMatchObject({ reason: 'idle', text: words(1, 12) });
  });

  it('serves many sessions at once, each exactly', async () => {
    const calls = await Promise.all(Array.from({ length: 24 }, () => openCall(bench.gateway)));
    await Promise.all(
      calls.map(async (call, index) => {
        await call.say(ledgerAudio({ from: 1 + 1000 * index, frames: 100 + index }), 2);
        await call.end();
      }),
    );
    expect(calls.map((call) => call.textOf())).toEqual(calls.map((_, index) => words(1 + 1000 * index, 100 + index)));
  });

  it('tells the fleet what it is and what it did', async () => {
    const nodes = await bench.gateway.listNodes();
    expect(nodes.map(({ record }) => record)).toMatchObject([
      { role: 'transcriber', draining: false, providers: [{ name: 'ledger', status: 'ok', languages: ['*'] }] },
    ]);
    await eventually(async () => {
      const stats = await bench.gateway.readStats(5);
      expect(stats['requests:ledger']).toBeGreaterThan(10);
      expect(stats['audio_samples_processed']).toBeGreaterThan(45 * 16_000);
      expect(stats['errors:ledger'] ?? 0).toBe(0);
    });
  });

  it('ends in order on SIGTERM', async () => {
    const transcriber = await bench.startTranscriber();
    expect(await transcriber.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(eventsOf(transcriber, 'shutdown_finished')).toHaveLength(1);
    expect(await bench.gateway.listNodes()).toHaveLength(1);
  });
});
