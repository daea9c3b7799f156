import { describe, expect, it } from '@jest/globals';
import type { ProviderName } from '@verbatim/protocol';
import { createLedgerRecognizer, RecognizerError, type RecognizerFailure } from '@verbatim/recognizers';
import { BREAKER_OPEN_MS } from '@verbatim/streaming';
import { createFakeClock } from '@verbatim/testing';
import { createFakeBench } from '../../test/fake-bench.ts';
import { createProviderChain, RETURN_AFTER_MS, SHORTEST_REST_MS } from './provider-chain.ts';

function openBenches() {
  const clock = createFakeClock();
  const recognizer = createLedgerRecognizer({ kind: 'windowed' });
  const bench = (name: ProviderName) => createFakeBench({ clock, recognizer, name });
  const [google, whisper, local] = [bench('google'), bench('whisper'), bench('local')] as const;
  const benches = [google, whisper, local];
  const open = () => createProviderChain(benches, () => clock.nowMs());
  return { clock, google, whisper, local, open };
}

function breakDown(bench: ReturnType<typeof createFakeBench>, failure: RecognizerFailure = 'timeout'): void {
  for (let call = 0; call < 10; call += 1) bench.health.answered(new RecognizerError('it failed', { failure }));
}

describe('the chain of a session', () => {
  it('begins with the first provider that is well', () => {
    const { google, open } = openBenches();
    expect(open().current.name).toBe('google');
    breakDown(google);
    expect(open().current.name).toBe('whisper');
  });

  it('begins with the preferred one when none is well', () => {
    const { google, whisper, local, open } = openBenches();
    for (const bench of [google, whisper, local]) breakDown(bench);
    const chain = open();
    expect([chain.current.name, chain.alternative()]).toEqual(['google', undefined]);
  });

  it('offers the best of the others, but not one that failed the session a moment ago', async () => {
    const { clock, google, whisper, open } = openBenches();
    const chain = open();
    expect(chain.alternative()).toBe(whisper);
    chain.take(whisper, true);
    expect(chain.alternative()?.name).toBe('local');
    await clock.advance(RETURN_AFTER_MS);
    expect(chain.alternative()).toBe(google);
  });

  it('takes even one that failed a moment ago when it cannot stay, and two seconds ago where there is no other', async () => {
    const { clock, google, whisper, local, open } = openBenches();
    const [stuck, shut] = [open(), open()];
    for (const chain of [stuck, shut]) chain.take(whisper, true);
    breakDown(local);
    expect(stuck.alternative()).toBeUndefined();
    await clock.advance(SHORTEST_REST_MS);
    expect(stuck.alternative()).toBe(google);
    shut.take(google, true);
    breakDown(google);
    expect(shut.alternative()).toBe(whisper);
  });

  it('offers at once what the session left for a better one that dies again', async () => {
    const { clock, google, whisper, open } = openBenches();
    const chain = open();
    chain.take(whisper, true);
    await clock.advance(RETURN_AFTER_MS);
    chain.take(google, false);
    expect(chain.alternative()).toBe(whisper);
  });

  it('goes back to a better one after half a minute at the earliest, when that is well', async () => {
    const { clock, google, local, open } = openBenches();
    const chain = open();
    breakDown(google);
    chain.take(local, true);
    await clock.advance(RETURN_AFTER_MS - 1);
    expect(chain.recovered()).toBeUndefined();
    await clock.advance(1);
    expect(chain.recovered()).toBe(google);
    chain.take(google, false);
    expect(chain.recovered()).toBeUndefined();
  });

  it('sends one session as the probe when the breaker is half open', async () => {
    const { clock, google, whisper, open } = openBenches();
    const chains = [open(), open()];
    breakDown(google);
    for (const chain of chains) chain.take(whisper, true);
    await clock.advance(Math.max(RETURN_AFTER_MS, BREAKER_OPEN_MS));
    const [first, second] = chains;
    expect(first?.recovered()).toBe(google);
    first?.take(google, false);
    expect(second?.recovered()).toBeUndefined();
    google.health.answered(undefined);
    expect(second?.recovered()).toBe(google);
  });
});
