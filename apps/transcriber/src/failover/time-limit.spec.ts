import { describe, expect, it } from '@jest/globals';
import { createLedgerRecognizer, type StreamingRecognizer, type WindowedRecognizer } from '@verbatim/recognizers';
import { createFakeClock } from '@verbatim/testing';
import { withTimeLimit } from './time-limit.ts';

const SECOND_SAMPLES = 16_000;

function openHanging() {
  const clock = createFakeClock();
  const aborted: string[] = [];
  const recognizer: WindowedRecognizer = {
    ...createLedgerRecognizer({ kind: 'windowed' }),
    decode({ signal }) {
      signal?.addEventListener('abort', () => void aborted.push('decode'));
      return new Promise(() => undefined);
    },
  };
  const limited = withTimeLimit(recognizer, { limitMs: 1000, ...clock }) as WindowedRecognizer;
  return { clock, aborted, limited };
}

describe('the time limit of a recogniser', () => {
  it.each([
    [1, 1000],
    [10, 1000],
    [15, 1500],
  ])('gives a decode of %d s of audio %d ms', async (seconds, limitMs) => {
    const { clock, aborted, limited } = openHanging();
    const samples = new Float32Array(seconds * SECOND_SAMPLES);
    let outcome: unknown;
    limited.decode({ samples, language: 'en' }).catch((error: unknown) => (outcome = error));
    await clock.advance(limitMs - 1);
    expect(outcome).toBeUndefined();
    await clock.advance(1);
    expect(outcome).toMatchObject({ failure: 'timeout', isRetryable: true });
    expect(aborted).toEqual(['decode']);
  });

  it('passes on that a decode was called off', async () => {
    const { aborted, limited } = openHanging();
    const calledOff = new AbortController();
    void limited.decode({ samples: new Float32Array(1), language: 'en', signal: calledOff.signal });
    calledOff.abort();
    expect(aborted).toEqual(['decode']);
  });

  it('lets an answer in time through, and its capabilities', async () => {
    const clock = createFakeClock();
    const ledger = createLedgerRecognizer({ kind: 'windowed' });
    const limited = withTimeLimit(ledger, { limitMs: 1000, ...clock }) as WindowedRecognizer;
    expect(limited.capabilities).toBe(ledger.capabilities);
    const answer = await limited.decode({ samples: new Float32Array(1600), language: 'en' });
    expect(answer.text).toBe('');
    await clock.advance(5000);
    await limited.close();
    await expect(limited.decode({ samples: new Float32Array(1), language: 'en' })).rejects.toMatchObject({
      failure: 'called_off',
    });
  });

  it('aborts a stream that does not answer', async () => {
    const clock = createFakeClock();
    const ledger = createLedgerRecognizer({ kind: 'streaming' });
    let aborts = 0;
    const hanging: StreamingRecognizer = {
      ...ledger,
      openStream: () => ({
        feed: () => new Promise(() => undefined),
        finish: () => new Promise(() => undefined),
        abort: () => void (aborts += 1),
      }),
    };
    const limited = withTimeLimit(hanging, { limitMs: 1000, ...clock }) as StreamingRecognizer;
    const outcomes: unknown[] = [];
    const stream = limited.openStream({ language: 'en' });
    stream.feed(new Float32Array(1600)).catch((error: unknown) => void outcomes.push(error));
    stream.finish().catch((error: unknown) => void outcomes.push(error));
    await clock.advance(1000);
    expect(outcomes).toMatchObject([{ failure: 'timeout' }, { failure: 'timeout' }]);
    expect(aborts).toBe(2);
  });
});
