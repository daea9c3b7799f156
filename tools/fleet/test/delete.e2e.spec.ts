import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askRedis, eventually } from '@verbatim/testing';
import { startFleet, startLedgerCall, type Fleet } from '../src/index.ts';

/** Longer than a quarter of a lease, in which an owner finds out, and than any decode that was under way. */
const WATCHED_MS = 3000;

describe('two gateways, two transcribers, one Redis', () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet({ gateways: 2, transcribers: 2, providers: 'ledger' });
  }, 60_000);
  afterAll(() => fleet.stop());

  it('forget a session that is being spoken and transcribed, tell its client, and bring nothing of it back', async () => {
    const [spokenAt, deletedAt] = fleet.gateways;
    let finals = 0;
    const call = await startLedgerCall({
      ...{ urls: [spokenAt?.url ?? ''], pauseEveryFrames: 20, pauseFrames: 10, frameIntervalMs: 20 },
      onMessage: (message) => (finals += message.type === 'transcription' && message.is_final ? 1 : 0),
    });
    const address = `${deletedAt?.url ?? ''}/stt/sessions/${call.sessionId}`;
    await eventually(() => expect(finals).toBeGreaterThan(1), { timeoutMs: 20_000 });

    expect((await fetch(address, { method: 'DELETE' })).status).toBe(204);
    const outcome = await call.outcome;
    expect(outcome.closeCode).toBe(1000);
    expect(outcome.transcript).toBe('');

    const keys = () => askRedis(fleet.redis.port, 'KEYS', `*${call.sessionId}*`);
    const untilMs = performance.now() + WATCHED_MS;
    await eventually(
      async () => {
        expect(await keys()).toEqual([]);
        expect(performance.now()).toBeGreaterThan(untilMs);
      },
      { timeoutMs: 2 * WATCHED_MS, everyMs: 50 },
    );
    expect((await fetch(address)).status).toBe(404);
  }, 60_000);
});
