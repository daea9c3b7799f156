import { describe, expect, it } from '@jest/globals';
import type { ProviderName, SessionId } from '@verbatim/protocol';
import {
  createLedgerRecognizer,
  RecognizerError,
  type Recognition,
  type RecognizerFailure,
  type WindowedRecognizer,
} from '@verbatim/recognizers';
import type { DecodeKind } from '@verbatim/streaming';
import { createFakeClock, type FakeClock } from '@verbatim/testing';
import { createFakeBench } from '../../test/fake-bench.ts';
import { createHedgedDecodes } from './hedged-decodes.ts';

const HEDGE_AFTER_MS = 500;
const NEVER_MS = 3_600_000;

/** When a recogniser comes back, and with what. */
interface Course {
  readonly afterMs: number;
  readonly failure?: RecognizerFailure;
}

/** Answers with its own name; heeds being called off. */
function openScripted(name: ProviderName, course: Course, clock: FakeClock, longestWindowSamples = 480_000) {
  const ledger = createLedgerRecognizer({ kind: 'windowed' });
  const seen = { calls: 0, calledOff: 0 };
  const recognizer: WindowedRecognizer = {
    ...ledger,
    capabilities: { ...ledger.capabilities, longestWindowSamples },
    decode: ({ signal }) =>
      new Promise<Recognition>((resolve, reject) => {
        seen.calls += 1;
        const cancel = clock.after(course.afterMs, () => {
          if (course.failure === undefined) resolve({ text: name, confidence: null, language: 'en' });
          else reject(new RecognizerError('as it was told', { failure: course.failure }));
        });
        signal?.addEventListener('abort', () => {
          cancel();
          seen.calledOff += 1;
          reject(new RecognizerError('called off', { failure: 'called_off' }));
        });
      }),
  };
  const bench = createFakeBench({ clock, recognizer, name, concurrency: 2 });
  // The bench's own: what is asked of that is watched.
  return { seen, bench, recognizer: bench.recognizer as WindowedRecognizer };
}

interface Setting {
  readonly hedgeAfterMs?: number;
  readonly longestWindowSamples?: number;
}

function openHedging(first: Course, second: Course, setting: Setting = {}) {
  const clock = createFakeClock();
  const whisper = openScripted('whisper', first, clock);
  const local = openScripted('local', second, clock, setting.longestWindowSamples);
  const events: string[] = [];
  const decodes = createHedgedDecodes(whisper, {
    benches: [whisper.bench, local.bench],
    hedgeAfterMs: setting.hedgeAfterMs ?? HEDGE_AFTER_MS,
    after: (delayMs, callback) => clock.after(delayMs, callback),
    onHedged: ({ type, from, to }) => void events.push(`${type}: ${from} > ${to}`),
  });
  const submit = (kind: DecodeKind = 'final'): void =>
    decodes.submit({
      ...{ sessionId: 's' as SessionId, lane: 0, kind, staleAfterMs: 1000, lengthSamples: 16_000 },
      ask: (recognizer, signal) => recognizer.decode({ samples: new Float32Array(1), language: 'en', signal }),
      onDone: ({ text }, answeredBy) => void events.push(`${text} by ${answeredBy} at ${clock.nowMs()}`),
      onDropped: () => void events.push('dropped'),
      onFailing(error, attempt) {
        events.push(`${(error as RecognizerError).failure} ${attempt} at ${clock.nowMs()}`);
        return attempt < 2 ? 1000 : undefined;
      },
    });
  return { clock, whisper, local, events, decodes, submit };
}

const asked = 'asked: whisper > local';
const won = 'won: whisper > local';

describe('a final that may be asked of a second recogniser', () => {
  it.each<[string, Course, Course, readonly string[]]>([
    ['answers in time', { afterMs: 499 }, { afterMs: 0 }, ['whisper by whisper at 499']],
    ['is slow', { afterMs: 8000 }, { afterMs: 200 }, [asked, won, 'local by local at 700']],
    ['hangs', { afterMs: NEVER_MS }, { afterMs: 200 }, [asked, won, 'local by local at 700']],
    [
      'is slow, but not so slow as the second',
      { afterMs: 900 },
      { afterMs: 800 },
      [asked, 'whisper by whisper at 900'],
    ],
    [
      'is slow, and the second fails',
      { afterMs: 900 },
      { afterMs: 100, failure: 'unavailable' },
      [asked, 'whisper by whisper at 900'],
    ],
    [
      'fails while the second is being asked',
      { afterMs: 600, failure: 'unavailable' },
      { afterMs: 200 },
      [asked, won, 'local by local at 700'],
    ],
    [
      'fails before the second, which fails as well',
      { afterMs: 600, failure: 'unavailable' },
      { afterMs: 200, failure: 'timeout' },
      // Asked again after its pause, by itself: one hedge for one final.
      [asked, 'unavailable 1 at 700', 'unavailable 2 at 2300'],
    ],
  ])('when the first %s', async (_, first, second, expected) => {
    const { clock, events, submit } = openHedging(first, second);
    submit();
    await clock.advance(20_000);
    expect(events).toEqual(expected);
  });

  it('is never asked twice at the same time when hedging is off', async () => {
    const { clock, local, events, submit } = openHedging({ afterMs: 60_000 }, { afterMs: 0 }, { hedgeAfterMs: 0 });
    submit();
    submit('speculative');
    await clock.advance(200_000);
    expect([local.seen.calls, events.filter((event) => event.includes('local'))]).toEqual([0, []]);
  });

  it('aborts the slower one, of which nothing is thought worse or better', async () => {
    const { clock, whisper, local, submit, events } = openHedging({ afterMs: NEVER_MS }, { afterMs: 200 });
    const told: unknown[] = [];
    whisper.bench.health.answered = (error) => void told.push(error);
    submit();
    await clock.advance(700);
    expect([whisper.seen, local.seen]).toEqual([
      { calls: 1, calledOff: 1 },
      { calls: 1, calledOff: 0 },
    ]);
    expect(told).toEqual([]);
    // Its place and its turn are free for the next.
    submit();
    await clock.advance(0);
    expect([whisper.seen.calls, whisper.bench.scheduler.waiting, events.length]).toEqual([2, 0, 3]);
  });

  it('aborts an interim, too, that the final had to wait behind', async () => {
    const { clock, whisper, events, submit } = openHedging({ afterMs: NEVER_MS }, { afterMs: 200 });
    submit('interim');
    await clock.advance(100);
    submit();
    await clock.advance(700);
    expect([whisper.seen, events]).toEqual([
      { calls: 1, calledOff: 1 },
      [asked, 'dropped', won, 'local by local at 800'],
    ]);
    submit();
    await clock.advance(0);
    expect(whisper.seen.calls).toBe(2);
  });

  it('counts the failure of the first one though the second has answered', async () => {
    const { clock, whisper, submit } = openHedging({ afterMs: 600, failure: 'unauthorized' }, { afterMs: 200 });
    submit();
    await clock.advance(700);
    expect(whisper.bench.health.phase).toBe('open');
  });

  it('is paid for by the retry budget: without credit it waits', async () => {
    const { clock, whisper, local, events, submit } = openHedging({ afterMs: 900 }, { afterMs: 100 });
    while (whisper.bench.health.takeRetry());
    submit();
    await clock.advance(1000);
    expect([local.seen.calls, events]).toEqual([0, ['whisper by whisper at 900']]);
  });

  it('is not asked of one whose breaker is open, nor of one that cannot take so much audio', async () => {
    const down = openHedging({ afterMs: 900 }, { afterMs: 100 });
    down.local.bench.health.answered(new RecognizerError('wrong key', { failure: 'unauthorized' }));
    const small = openHedging({ afterMs: 900 }, { afterMs: 100 }, { longestWindowSamples: 15_999 });
    for (const { clock, local, submit, whisper } of [down, small]) {
      submit();
      await clock.advance(1000);
      expect(local.seen.calls).toBe(0);
      // What was not bought is not paid for.
      expect(whisper.bench.health.takeRetry()).toBe(true);
    }
  });

  it('waits for a place before the second recogniser like everybody else', async () => {
    const { clock, local, events, submit } = openHedging({ afterMs: 5000 }, { afterMs: 1000 });
    for (const name of ['a', 'b']) {
      local.bench.scheduler.submit({
        ...{ sessionId: name as SessionId, lane: 0, kind: 'final', staleAfterMs: 0 },
        run: (signal) => local.recognizer.decode({ samples: new Float32Array(1), language: 'en', signal }),
        onDone: () => void events.push(`${name} at ${clock.nowMs()}`),
        onDropped: () => undefined,
        onFailing: () => undefined,
      });
    }
    submit();
    await clock.advance(5000);
    expect(events).toEqual([asked, 'a at 1000', 'b at 1000', won, 'local by local at 2000']);
  });

  it('calls off what it has asked elsewhere when its session goes away, and asks nothing later', async () => {
    const running = openHedging({ afterMs: NEVER_MS }, { afterMs: 200 });
    const waiting = openHedging({ afterMs: NEVER_MS }, { afterMs: 200 });
    for (const [{ clock, submit, decodes, whisper }, atMs] of [[running, 600] as const, [waiting, 400] as const]) {
      submit();
      await clock.advance(atMs);
      whisper.bench.scheduler.forget('s' as SessionId);
      decodes.close();
      await clock.advance(10_000);
    }
    expect([running.events, running.local.seen]).toEqual([[asked], { calls: 1, calledOff: 1 }]);
    expect([waiting.events, waiting.local.seen.calls]).toEqual([[], 0]);
  });
});

describe('an interim or a speculation', () => {
  it('is not asked of a second recogniser when only an interim waits for it', async () => {
    const { clock, local, events, submit } = openHedging({ afterMs: 900 }, { afterMs: 0 });
    submit('interim');
    await clock.advance(1000);
    expect([local.seen.calls, events]).toEqual([0, ['whisper by whisper at 900']]);
  });

  it('counts as the final once its endpoint must have passed, if its channel has asked for nothing since', async () => {
    const final = openHedging({ afterMs: 900 }, { afterMs: 200 }, { hedgeAfterMs: 100 });
    final.submit('speculative');
    await final.clock.advance(1000);
    expect(final.events).toEqual([asked, won, 'local by local at 600']);

    const outdated = openHedging({ afterMs: 900 }, { afterMs: 200 }, { hedgeAfterMs: 100 });
    outdated.submit('speculative');
    outdated.submit('interim');
    await outdated.clock.advance(1000);
    expect([outdated.local.seen.calls, outdated.events]).toEqual([0, ['whisper by whisper at 900']]);
  });
});
