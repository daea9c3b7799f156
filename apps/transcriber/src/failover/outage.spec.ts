import { beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionId } from '@verbatim/protocol';
import { ledgerWords } from '@verbatim/recognizers';
import type { Fate } from '../../test/failing-recognizer.ts';
import { configFor, createRecord, toEntries } from '../../test/fake-record.ts';
import { playChain, sentences, TIME_LIMIT_MS } from '../../test/play-chain.ts';

const SESSIONS = 4;
const SENTENCES = 16;
const OUTAGE_FROM_MS = 10_300;
const OUTAGE_MS = 20_000;
/** What an answer of a service on the network takes. */
const ANSWER_MS = 150;

/** Goals of the project for a recogniser that goes away while another one is there. */
const LONGEST_SWITCH_MS = 2000;
const MOST_REQUESTS = 1.1;

/** Four sessions talk for three quarters of a minute; the preferred recogniser is out for twenty seconds of it. */
async function sufferOutage(fateInOutage: Fate) {
  const records = Array.from({ length: SESSIONS }, (_, index) =>
    createRecord(
      toEntries(sentences(SENTENCES, 1000 * index + 1)),
      configFor({ provider: 'whisper', fallbacks: ['local'] }),
      `s00-${index}` as SessionId,
    ),
  );
  const isOut = (nowMs: number): boolean => nowMs >= OUTAGE_FROM_MS && nowMs < OUTAGE_FROM_MS + OUTAGE_MS;
  const played = await playChain({
    ...{ records, isLive: true },
    providers: [
      {
        name: 'whisper',
        kind: 'windowed',
        answerMs: ANSWER_MS,
        fateAt: (nowMs) => (isOut(nowMs) ? fateInOutage : 'answered'),
      },
      { name: 'local', kind: 'windowed', answerMs: ANSWER_MS, fateAt: () => 'answered' },
    ],
  });
  const left = played.changes.filter(({ failure }) => failure !== undefined);
  return {
    ...{ records, left, returned: played.changes.length - left.length },
    requests: played.callsOf('whisper') + played.callsOf('local'),
  };
}

describe('sessions in an outage of twenty seconds', () => {
  let calm: Awaited<ReturnType<typeof sufferOutage>>;

  beforeAll(async () => {
    calm = await sufferOutage('answered');
  }, 60_000);

  it.each<[Fate, number, boolean]>([
    ['unavailable', LONGEST_SWITCH_MS, true],
    ['rate_limited', LONGEST_SWITCH_MS, true],
    // A wrong key is not tried again within the minute.
    ['unauthorized', LONGEST_SWITCH_MS, false],
    ['hangs', TIME_LIMIT_MS + LONGEST_SWITCH_MS, true],
  ])(
    'lose no word, change in time and ask little more than in calm: %s',
    async (fate, longestMs, isReturning) => {
      const outage = await sufferOutage(fate);
      outage.records.forEach((record, index) => {
        expect(record.textOf(0)).toBe(ledgerWords(1000 * index + 1, 20 * SENTENCES).join(' '));
      });
      expect(calm.left).toEqual([]);
      expect(new Set(outage.left.slice(0, SESSIONS).map(({ from }) => from))).toEqual(new Set(['whisper']));
      const latestMs = Math.max(...outage.left.slice(0, SESSIONS).map(({ atMs }) => atMs));
      expect(latestMs - OUTAGE_FROM_MS).toBeLessThanOrEqual(longestMs);
      expect(outage.requests / calm.requests).toBeLessThanOrEqual(MOST_REQUESTS);
      expect(outage.returned > 0).toBe(isReturning);
    },
    60_000,
  );
});
