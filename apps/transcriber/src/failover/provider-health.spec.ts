import { describe, expect, it } from '@jest/globals';
import { nodeRecordSchema } from '@verbatim/protocol';
import { createLedgerRecognizer, RecognizerError, type RecognizerFailure } from '@verbatim/recognizers';
import { BREAKER_OPEN_MS } from '@verbatim/streaming';
import { createFakeClock } from '@verbatim/testing';
import { createProviderHealth, SHORTEST_PATIENCE_MS } from './provider-health.ts';

const { capabilities } = createLedgerRecognizer({ kind: 'windowed' });
const failed = (failure: RecognizerFailure) => new RecognizerError('it failed', { failure });

function openHealth() {
  const clock = createFakeClock();
  const changes: string[] = [];
  const health = createProviderHealth({
    ...{ name: 'ledger', capabilities, nowMs: () => clock.nowMs() },
    onChanged: (phase) => void changes.push(phase),
  });
  return { clock, changes, health };
}

describe("a recogniser's health", () => {
  it('is degraded after three failures in a row, and well again with the next answer', () => {
    const { health } = openHealth();
    health.answered(failed('unavailable'));
    health.answered(failed('timeout'));
    expect(health.describe()).toEqual({ name: 'ledger', languages: ['*'], status: 'ok', breaker: 'closed' });
    health.answered(failed('timeout'));
    expect(health.describe()).toMatchObject({
      status: 'degraded',
      reason: 'its last 3 calls failed; the last failure: timeout',
    });
    health.answered(undefined);
    expect(health.describe().status).toBe('ok');
  });

  it('is down while its breaker is open, degraded while a probe finds out, and tells of each change', async () => {
    const { clock, changes, health } = openHealth();
    for (let call = 0; call < 10; call += 1) health.answered(failed('rate_limited'));
    expect(health.describe()).toMatchObject({ status: 'down', breaker: 'open' });
    expect([health.isAdmitting, health.admit()]).toEqual([false, false]);
    await clock.advance(BREAKER_OPEN_MS);
    expect(health.describe()).toMatchObject({ status: 'degraded', breaker: 'half_open' });
    expect([health.isAdmitting, health.isAdmitting, health.admit(), health.admit()]).toEqual([true, true, true, false]);
    health.answered(undefined);
    expect(health.describe()).toMatchObject({ status: 'ok', breaker: 'closed' });
    expect(changes).toEqual(['open', 'closed']);
  });

  it('is told of in a way that every node record may hold', () => {
    const { health } = openHealth();
    health.answered(failed('unauthorized'));
    expect(health.lastFailure).toBe('unauthorized');
    expect(nodeRecordSchema.shape.providers.parse([health.describe()])).toEqual([health.describe()]);
  });

  it('does not suffer from audio that nobody could recognise, nor from a defect', () => {
    const { health } = openHealth();
    for (let call = 0; call < 50; call += 1) {
      health.answered(failed('bad_request'));
      health.answered(failed('called_off'));
      health.answered(new TypeError('x is not a function'));
    }
    expect(health.describe().status).toBe('ok');
  });

  it('has no opinion of how long is too long before ten answers, then four times the usual, and never a moment', () => {
    const { health } = openHealth();
    for (let call = 0; call < 9; call += 1) health.answered(undefined, 100);
    expect(health.patienceMs).toBeUndefined();
    health.answered(undefined, 100);
    expect(health.patienceMs).toBe(SHORTEST_PATIENCE_MS);
    for (let call = 0; call < 10; call += 1) health.answered(undefined, 2000);
    expect(health.patienceMs).toBe(8000);
    // A refusal comes at once and says nothing of how long an answer takes.
    for (let call = 0; call < 100; call += 1) health.answered(failed('bad_request'), 1);
    expect(health.patienceMs).toBe(8000);
  });

  it('lets one request in ten be a retry', () => {
    const { health } = openHealth();
    expect([health.takeRetry(), health.takeRetry()]).toEqual([true, false]);
    for (let call = 0; call < 10; call += 1) health.asked();
    expect([health.takeRetry(), health.takeRetry()]).toEqual([true, false]);
  });
});
