import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerMessage } from '@verbatim/protocol';
import { ledgerAudio, ledgerSilence, ledgerWords } from '@verbatim/recognizers';
import { eventually, startFaultProxy, type StartedProcess } from '@verbatim/testing';
import { eventsOf, startBench, type Bench } from './bench.ts';
import { openCall, type Call } from './call.ts';

const CALLS = 50;
const FRAME_INTERVAL_MS = 100;
/** The goal for a hand-over at the 99th percentile, which of 50 is the slowest one. Units: milliseconds. */
const HANDOVER_MS = 1000;

/** A second for the closers after the second signal, and as much for a loaded machine. Units: milliseconds. */
const HURRIED_EXIT_MS = 2000;

const words = (from: number, frames: number): string => ledgerWords(from, frames).join(' ');

function timeOf(event: Record<string, unknown> | undefined): number {
  return Date.parse(String(event?.['time']));
}

/** What the client was told of its session's health, in order. */
function statesOf(call: Call): string[] {
  const states = (message: ServerMessage) => (message.type === 'session_status' ? [message.state] : []);
  return call.transient.flatMap(states);
}

describe('a transcriber that is asked to stop', () => {
  let bench: Bench;
  let leaving: StartedProcess;

  beforeEach(async () => {
    bench = await startBench({ env: { STT_CAPACITY: '64' } });
    leaving = await bench.startTranscriber();
  });

  afterEach(() => bench.stop());

  const claimedBy = (transcriber: StartedProcess) => eventsOf(transcriber, 'session_claimed');

  it(`hands ${CALLS} sessions over in mid-sentence within a second, and their clients hear of it from the heir`, async () => {
    const calls = await Promise.all(Array.from({ length: CALLS }, () => openCall(bench.gateway)));
    const speak = (from: number, frames: number) =>
      Promise.all(calls.map((call) => call.say(ledgerAudio({ from, frames }), FRAME_INTERVAL_MS)));
    await speak(1, 10);
    expect(claimedBy(leaving)).toHaveLength(CALLS);
    const heir = await bench.startTranscriber();
    const spoken = speak(11, 40);
    expect(await leaving.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await spoken;
    await Promise.all(calls.map((call) => call.say(ledgerSilence(10), FRAME_INTERVAL_MS)));
    await Promise.all(calls.map((call) => call.end()));

    expect(calls.map((call) => call.textOf())).toEqual(calls.map(() => words(1, 50)));
    const [askedToStop] = eventsOf(leaving, 'shutdown_started');
    const tookMs = claimedBy(heir).map((claim) => timeOf(claim) - timeOf(askedToStop));
    expect(tookMs).toHaveLength(CALLS);
    expect(Math.max(...tookMs)).toBeLessThan(HANDOVER_MS);
    for (const call of calls) expect(statesOf(call)).toEqual(['recovering', 'ok']);
    expect((await bench.gateway.readStats(5))['fenced_writes'] ?? 0).toBe(0);
  }, 60_000);

  it('is in a hurry at the second signal, and leaves its sessions to their leases', async () => {
    const proxy = await startFaultProxy({ targetPort: Number(new URL(bench.redis.url).port) });
    try {
      await leaving.stop();
      leaving = await bench.startTranscriber({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
      const call = await openCall(bench.gateway);
      await call.say(ledgerAudio({ from: 1, frames: 20 }), 20);
      await eventually(() => expect(claimedBy(leaving)).toHaveLength(1));
      // Redis does not answer any more: nothing can be handed over, and a patient process waits until its grace is over.
      proxy.add({ type: 'silence' });
      process.kill(leaving.pid, 'SIGTERM');
      await eventually(() => expect(eventsOf(leaving, 'shutdown_started')).toHaveLength(1));
      const hurriedMs = performance.now();
      process.kill(leaving.pid, 'SIGTERM');
      await leaving.exited;
      expect(performance.now() - hurriedMs).toBeLessThan(HURRIED_EXIT_MS);
      const heir = await bench.startTranscriber();
      await eventually(() => expect(claimedBy(heir)).toMatchObject([{ session_id: call.sessionId, takeover: true }]));
      expect(await call.end()).toMatchObject({ text: words(1, 20) });
    } finally {
      await proxy.stop();
    }
  }, 30_000);
});
