import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openTranscriberSide, type ClaimedSession, type TranscriberSide } from '@verbatim/backbone';
import { serverMessageSchema } from '@verbatim/protocol';
import { ledgerAudio, ledgerSilence, ledgerWords } from '@verbatim/recognizers';
import { eventually } from '@verbatim/testing';
import { QUARANTINE_AFTER_OWNERS } from '../src/session/quarantined-session.ts';
import { eventsOf, LEASE_MS, startBench, type Bench } from './bench.ts';
import { openCall } from './call.ts';

describe('a session at which one transcriber after the other fails', () => {
  let bench: Bench;
  let doomed: TranscriberSide;

  beforeEach(async () => {
    bench = await startBench();
    doomed = await openTranscriberSide({ redisUrl: bench.redis.url, leaseMs: LEASE_MS, nodeId: 'doomed' });
  });

  afterEach(async () => {
    await doomed.close();
    await bench.stop();
  });

  async function claim(): Promise<ClaimedSession> {
    return await eventually(async () => {
      const [claimed] = await doomed.claim(1, ['ledger']);
      if (claimed === undefined) throw new Error('the session is still owned');
      return claimed;
    });
  }

  /** Claims the session and gives it up, as an owner does that fails at its audio. */
  async function fail(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      const { sessionId, fence } = await claim();
      await doomed.release(sessionId, fence, 'failed');
    }
  }

  it('is ended with the text it had, and its client is told where it ends', async () => {
    const call = await openCall(bench.gateway);
    const first = await bench.startTranscriber();
    await call.say(ledgerAudio({ from: 1, frames: 20 }), 10);
    await call.say(ledgerSilence(20), 10);
    await eventually(() => expect(call.finals()).toHaveLength(1));
    expect(await first.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await call.say(ledgerAudio({ from: 21, frames: 20 }));
    await fail(QUARANTINE_AFTER_OWNERS);

    const last = await bench.startTranscriber();
    const ended = await eventually(() => {
      const message = call.durable.at(-1);
      if (message?.type !== 'session_ended') throw new Error('the session goes on');
      return message;
    });
    expect(ended).toMatchObject({ reason: 'quarantined', text: ledgerWords(1, 20).join(' '), segments: 1 });
    const apology = call.transient.find(({ type }) => type === 'error');
    expect(serverMessageSchema.parse(apology)).toMatchObject({ code: 'audio_undecodable' });
    expect(eventsOf(last, 'session_quarantined')).toMatchObject([
      { session_id: call.sessionId, failed_owners: QUARANTINE_AFTER_OWNERS, covered_ms: ended.audio_ms },
    ]);
    await eventually(async () => expect((await bench.gateway.readStats(5))['quarantined_sessions']).toBe(1));
  }, 30_000);

  it('is tried once more before that, and what its owner then commits clears it', async () => {
    const call = await openCall(bench.gateway);
    await call.say(ledgerAudio({ from: 1, frames: 20 }));
    await fail(QUARANTINE_AFTER_OWNERS - 1);
    const owner = await bench.startTranscriber();
    await call.say(ledgerSilence(20), 10);
    await eventually(() => expect(call.finals()).toHaveLength(1));
    await owner.kill();
    expect(await claim()).toMatchObject({ failedOwners: 0, isTakeover: true });
  }, 30_000);
});
