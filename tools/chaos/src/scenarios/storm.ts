import { openStreamingSession } from '@verbatim/client';
import { SttError } from '@verbatim/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCrowd, within, type Crowd } from '../harness/crowd.ts';
import { countFigure, timeFigures, wordsFigure } from '../harness/figures.ts';
import { STANDARD_FLEET } from '../harness/standard-fleet.ts';
import { percentile } from '../harness/statistics.ts';
import type { Scenario } from '../scenario.ts';

const SIZES = { smoke: { sessions: 6, connects: 100 }, full: { sessions: 20, connects: 1000 } };

const STORM_MS = 1000;
const CALM_MS = 5000;

/** The goal: everyone is served or told when to come back. */
const ANSWERED_WITHIN_MS = 60_000;

/** A thousand clients come within a second, more than there is room for. */
export const storm: Scenario = {
  name: 'storm',
  goal: '1000 connects in a second: 0 crashes; all served or told when to come back, ≤ 60 s; neighbours’ p99 ≤ 2 ×',
  async run({ fleet: openFleet, random, scale, say }) {
    const { sessions, connects } = SIZES[scale];
    const fleet = await openFleet(STANDARD_FLEET);
    const crowd = await startCrowd({ fleet, random, size: sessions });
    await sleep(CALM_MS);
    const stormAtMs = performance.now();
    const before = delays(crowd, stormAtMs - CALM_MS);
    const urls = fleet.gateways.map(({ url }) => url);
    const running = fleet.gateways.length + fleet.transcribers.length;
    const answers = await Promise.all(
      Array.from({ length: connects }, async (_, index) => {
        await sleep((STORM_MS * index) / connects);
        return connectOnce(urls[index % urls.length] ?? '');
      }),
    );
    say(`answered after ${Math.round(performance.now() - stormAtMs)} ms`);
    const during = delays(crowd, stormAtMs);
    const result = await crowd.finish();
    const crashes = running - fleet.gateways.length - fleet.transcribers.length;
    const count = (kind: Answer['kind']) => answers.filter((answer) => answer.kind === kind).length;
    const ratio = percentile(during, 0.99) / percentile(before, 0.99);
    const figures = [
      { ...countFigure('served', count('served')), samples: connects },
      { ...countFigure('told when to come back', count('told')), samples: connects },
      ...timeFigures(
        'from the connect to the answer',
        answers.map(({ tookMs }) => tookMs),
        { p99: ANSWERED_WITHIN_MS },
      ),
      {
        what: 'word delay of the others, p99 beside before',
        value: Math.round(10 * ratio) / 10,
        unit: '×',
        samples: during.length,
        atMost: 2,
      },
      wordsFigure(result.words, sessions),
    ];
    const wrong = answers.flatMap(({ kind, detail }) =>
      kind === 'wrong' ? [`a connect was answered: ${detail}`] : [],
    );
    const crashed = crashes > 0 ? [`${crashes} processes ended`] : [];
    return { figures, violations: [...crashed, ...wrong, ...result.violations] };
  },
};

interface Answer {
  readonly kind: 'served' | 'told' | 'wrong';
  readonly tookMs: number;
  readonly detail: string;
}

async function connectOnce(url: string): Promise<Answer> {
  const startedMs = performance.now();
  const opening = openStreamingSession({ url, config: { provider: 'ledger' } }).then(
    (session): Omit<Answer, 'tookMs'> => {
      session.end();
      return { kind: 'served', detail: '' };
    },
    (failure: unknown): Omit<Answer, 'tookMs'> => {
      const { code, message, retryAfterMs } = SttError.from(failure);
      const isTold = code === 'overloaded' && retryAfterMs !== undefined && retryAfterMs !== null;
      return { kind: isTold ? 'told' : 'wrong', detail: `${code}: ${message}` };
    },
  );
  const answer = await within(opening, ANSWERED_WITHIN_MS);
  return { ...(answer ?? { kind: 'wrong', detail: 'not at all' }), tookMs: performance.now() - startedMs };
}

function delays(crowd: Crowd, fromMs: number): readonly number[] {
  return crowd.members.flatMap(({ signs }) => signs.wordDelays(fromMs, performance.now()));
}
