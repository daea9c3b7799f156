import { describe, expect, it } from '@jest/globals';
import { SttError } from './stt-error.ts';

describe('SttError', () => {
  it('gives back an SttError as it is', () => {
    const error = new SttError('overloaded', 'Come back in a second.', { retryAfterMs: 1000 });
    expect(SttError.from(error)).toBe(error);
  });

  it.each([new Error('ECONNREFUSED 10.0.0.7:6379'), 'a string', 42, null, undefined, { message: 'secret' }])(
    'turns %p into an internal_error whose message tells nothing of it',
    (thrown) => {
      const error = SttError.from(thrown);
      expect(error).toMatchObject({ code: 'internal_error', isRetryable: true });
      expect(error.message).not.toMatch(/ECONNREFUSED|secret|string/);
      expect(error.cause).toBe(thrown);
    },
  );

  it('can be retried exactly when its row does not say stop', () => {
    expect(new SttError('bad_request', 'x').isRetryable).toBe(false);
    expect(new SttError('overloaded', 'x').isRetryable).toBe(true);
    expect(new SttError('go_away', 'x').isRetryable).toBe(true);
  });

  it('carries the row of its code, the field and the time to wait', () => {
    const error = new SttError('rate_limited', 'Slower.', { field: 'audio', retryAfterMs: 250 });
    expect(error.row.closeCode).toBe(4102);
    expect(error).toMatchObject({ name: 'SttError', field: 'audio', retryAfterMs: 250 });
    expect('cause' in error).toBe(false);
  });
});
