import { describe, expect, it } from '@jest/globals';
import { createLedgerRecognizer, RecognizerError, type RecognizerFailure } from '@verbatim/recognizers';
import { createFakeClock } from '@verbatim/testing';
import { observed } from './observed-recognizer.ts';

const failed = (failure: RecognizerFailure) => new RecognizerError('as it was told', { failure });
const nobody = new Float32Array(1600);

function watch() {
  const clock = createFakeClock();
  const seen: string[] = [];
  const options = {
    nowMs: () => clock.nowMs(),
    onAsked: () => void seen.push('asked'),
    onAnswered: ({ error, latencyMs }: { readonly error: unknown; readonly latencyMs: number }) =>
      void seen.push(`${error instanceof RecognizerError ? error.failure : 'answered'} after ${latencyMs}`),
  };
  return { clock, seen, options };
}

/** A ledger whose calls take 200 ms and end as told. */
function openWindowed(failure?: RecognizerFailure) {
  const { clock, seen, options } = watch();
  const ledger = createLedgerRecognizer({ kind: 'windowed' });
  const slow: typeof ledger = {
    ...ledger,
    async decode(request) {
      await clock.sleep(200);
      if (failure !== undefined) throw failed(failure);
      return ledger.decode(request);
    },
  };
  const recognizer = observed(slow, options);
  const decode = (signal?: AbortSignal) => {
    if (!('decode' in recognizer)) throw new Error('it cannot decode');
    return recognizer.decode({ samples: nobody, language: 'en', ...(signal && { signal }) }).catch(() => undefined);
  };
  return { clock, seen, decode };
}

function openStreaming(failure?: RecognizerFailure) {
  const { clock, seen, options } = watch();
  const ledger = createLedgerRecognizer({ kind: 'streaming' });
  const recognizer = observed(
    {
      ...ledger,
      openStream(asked) {
        const stream = ledger.openStream(asked);
        return { ...stream, feed: (samples) => (failure ? Promise.reject(failed(failure)) : stream.feed(samples)) };
      },
    },
    options,
  );
  if (!('openStream' in recognizer)) throw new Error('it cannot be fed');
  return { clock, seen, stream: recognizer.openStream({ language: 'en' }) };
}

describe('a recogniser that is observed', () => {
  it('tells of each decode, how long it took and how it ended', async () => {
    const well = openWindowed();
    const answer = well.decode();
    await well.clock.advance(200);
    await answer;
    const ill = openWindowed('rate_limited');
    const refusal = ill.decode();
    await ill.clock.advance(200);
    await refusal;
    expect([well.seen, ill.seen]).toEqual([
      ['asked', 'answered after 200'],
      ['asked', 'rate_limited after 200'],
    ]);
  });

  it('keeps to itself how a decode ended that was called off, by its caller or by us', async () => {
    const { clock, seen, decode } = openWindowed('timeout');
    const calledOff = new AbortController();
    const answer = decode(calledOff.signal);
    calledOff.abort();
    await clock.advance(200);
    await answer;
    const closing = openWindowed('called_off');
    const refusal = closing.decode();
    await closing.clock.advance(200);
    await refusal;
    expect([seen, closing.seen]).toEqual([['asked'], ['asked']]);
  });

  it('tells of a stream once, when its last words are there, whatever it was fed', async () => {
    const { seen, stream } = openStreaming();
    for (let piece = 0; piece < 20; piece += 1) await stream.feed(nobody);
    expect(seen).toEqual(['asked']);
    await stream.finish();
    expect(seen).toEqual(['asked', 'answered after 0']);
  });

  it('tells of a stream once when it breaks, and of nothing after that', async () => {
    const { seen, stream } = openStreaming('unavailable');
    await stream.feed(nobody).catch(() => undefined);
    await stream.feed(nobody).catch(() => undefined);
    stream.abort();
    expect(seen).toEqual(['asked', 'unavailable after 0']);
  });
});
