import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { speakLedger, startFleet, type Fleet, type LedgerOutcome } from '../src/index.ts';

const KILLS = 20;
const FRAMES_BETWEEN_KILLS = 40;
const SENTENCE_FRAMES = 70;
const PAUSE_FRAMES = 10;
const FRAME_INTERVAL_MS = 60;

function expectNothingLostOrDoubled(outcome: LedgerOutcome): void {
  expect(outcome.errors).toEqual([]);
  expect(outcome.finals).toBe(outcome.expected);
  expect(outcome.transcript).toBe(outcome.expected);
  expect(outcome.seqs).toEqual(outcome.seqs.map((_, index) => index + 1));
  expect(outcome.closeCode).toBe(1000);
}

describe('two gateways, two transcribers, one Redis', () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet({ gateways: 2, transcribers: 2, providers: 'ledger' });
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it('transcribes sessions of either gateway exactly', async () => {
    const outcomes = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((index) =>
        speakLedger({
          url: fleet.gateways[index % 2]?.url ?? '',
          frames: 250,
          pauseEveryFrames: 60,
          pauseFrames: PAUSE_FRAMES,
          frameIntervalMs: 10,
        }),
      ),
    );
    outcomes.forEach(expectNothingLostOrDoubled);
  }, 60_000);

  it(`loses and doubles nothing when the transcriber is killed ${KILLS} times in mid-sentence`, async () => {
    let kills = 0;
    const killOwner = async (): Promise<void> => {
      kills += 1;
      // Only the older one can own the sessions: the younger started after they were claimed, or holds them since the last kill.
      const older = fleet.transcribers.at(-2);
      await older?.kill();
      await fleet.startTranscriber();
    };
    let killing = Promise.resolve();
    const outcomes = await Promise.all(
      fleet.gateways.map((gateway, index) =>
        speakLedger({
          url: gateway.url,
          frames: KILLS * FRAMES_BETWEEN_KILLS + 100,
          pauseEveryFrames: SENTENCE_FRAMES,
          pauseFrames: PAUSE_FRAMES,
          frameIntervalMs: FRAME_INTERVAL_MS,
          onFrame(frame) {
            if (index === 0 && frame % FRAMES_BETWEEN_KILLS === 0 && kills < KILLS) killing = killing.then(killOwner);
          },
        }),
      ),
    );
    await killing;
    expect(kills).toBe(KILLS);
    outcomes.forEach(expectNothingLostOrDoubled);
  }, 240_000);
});
