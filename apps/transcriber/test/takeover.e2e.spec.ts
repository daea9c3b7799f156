import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ledgerAudio, ledgerSilence, ledgerWords } from '@verbatim/recognizers';
import { eventually, type StartedProcess } from '@verbatim/testing';
import { QUARANTINE_AFTER_OWNERS } from '../src/session/quarantined-session.ts';
import { eventsOf, LEASE_MS, startBench, type Bench } from './bench.ts';
import { openCall, type Call } from './call.ts';

/** One more than quarantine a session, in a sentence of 14.4 s: it is not split, so nothing is final between the kills. */
const KILLS = QUARANTINE_AFTER_OWNERS + 1;
const FRAMES_BETWEEN_KILLS = 24;
const FRAME_INTERVAL_MS = 40;
const ZOMBIE_ROUNDS = 3;

const words = (from: number, frames: number): string => ledgerWords(from, frames).join(' ');

/** Who claimed the session last. */
function ownerOf(call: Call, transcribers: readonly StartedProcess[]): StartedProcess {
  const claims = transcribers.flatMap((transcriber) =>
    eventsOf(transcriber, 'session_claimed')
      .filter((event) => event['session_id'] === call.sessionId)
      .map((event) => ({ transcriber, fence: Number(event['fence']) })),
  );
  const [newest] = claims.sort((a, b) => b.fence - a.fence);
  if (newest === undefined) throw new Error('nobody has claimed the session yet');
  return newest.transcriber;
}

function expectExact(call: Call, frames: number): void {
  expect(call.textOf()).toBe(words(1, frames));
  expect(call.durable.at(-1)).toMatchObject({ type: 'session_ended', text: words(1, frames) });
  expect(call.durable.map((message) => 'seq' in message && message.seq)).toEqual(
    call.durable.map((_, index) => index + 1),
  );
}

describe('two transcribers', () => {
  let bench: Bench;
  let transcribers: StartedProcess[];

  beforeEach(async () => {
    bench = await startBench();
    transcribers = [await bench.startTranscriber(), await bench.startTranscriber()];
  });

  afterEach(() => bench.stop());

  it(`lose and double nothing when the owner is killed ${KILLS} times in mid-sentence`, async () => {
    const call = await openCall(bench.gateway);
    let said = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      await call.say(ledgerAudio({ from: said + 1, frames: FRAMES_BETWEEN_KILLS }), FRAME_INTERVAL_MS);
      said += FRAMES_BETWEEN_KILLS;
      const owner = await eventually(() => ownerOf(call, transcribers));
      await owner.kill();
      transcribers = [...transcribers.filter((each) => each !== owner), await bench.startTranscriber()];
    }
    await call.say(ledgerSilence(10), FRAME_INTERVAL_MS);
    await call.end();
    expectExact(call, said);
    expect(call.finals()).toHaveLength(2);
    expect(call.transient.filter(({ type }) => type === 'session_status').length).toBeGreaterThanOrEqual(2);
  }, 60_000);

  it('hand a session over at once when its owner is asked to stop', async () => {
    const call = await openCall(bench.gateway);
    await call.say(ledgerAudio({ from: 1, frames: 40 }), FRAME_INTERVAL_MS);
    const owner = ownerOf(call, transcribers);
    const heir = transcribers.find((each) => each !== owner);
    const stopped = owner.stop('SIGTERM');
    await call.say(ledgerAudio({ from: 41, frames: 40 }), FRAME_INTERVAL_MS);
    expect(await stopped).toEqual({ code: 0, signal: null });
    await call.end();
    expectExact(call, 80);
    const [askedAt] = eventsOf(owner, 'shutdown_started');
    const [takenAt] = heir === undefined ? [] : eventsOf(heir, 'session_claimed');
    const takeoverMs = Date.parse(String(takenAt?.['time'])) - Date.parse(String(askedAt?.['time']));
    expect(takeoverMs).toBeLessThan(LEASE_MS);
  }, 30_000);

  it('refuse what an owner writes that slept through its lease', async () => {
    const calls = await Promise.all(Array.from({ length: 8 }, () => openCall(bench.gateway)));
    let said = 0;
    const speak = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        await Promise.all(
          calls.map(async (call) => {
            await call.say(ledgerAudio({ from: said + 1, frames: 3 }), 25);
            call.mark('finalize');
          }),
        );
        said += 3;
      }
    };
    await speak(10);
    for (let round = 0; round < ZOMBIE_ROUNDS; round += 1) {
      // A second of silence is released by a commit that waits a second: the owner falls asleep with it, and wakes up to send it.
      await Promise.all(calls.map((call) => call.say(ledgerSilence(12), 25)));
      const sleeper = ownerOf(calls[0] as Call, transcribers);
      process.kill(sleeper.pid, 'SIGSTOP');
      await speak(Math.ceil((3 * LEASE_MS) / 75));
      process.kill(sleeper.pid, 'SIGCONT');
      await speak(10);
    }
    await Promise.all(calls.map((call) => call.end()));
    for (const call of calls) expectExact(call, said);
    await eventually(async () => {
      const stats = await bench.gateway.readStats(5);
      expect(stats['fenced_writes']).toBeGreaterThan(0);
      expect(stats['takeovers']).toBeGreaterThanOrEqual(ZOMBIE_ROUNDS);
    });
  }, 60_000);
});
