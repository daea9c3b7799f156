import { describe, expect, it } from '@jest/globals';
import { failureFromNetwork, refusedUpgrade } from './connect-failure.ts';

describe('failureFromNetwork', () => {
  it.each([
    ['ECONNREFUSED', 'not_found'],
    ['ENOTFOUND', 'not_found'],
    ['ECONNRESET', 'overloaded'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'overloaded'],
  ])('names the address and %s', (reason, code) => {
    const cause = Object.assign(new Error('system words'), { code: reason });
    const message = `No gateway answers at http://h:1 (${reason}); is it running, and are host and port right?`;
    expect(failureFromNetwork('http://h:1', cause)).toMatchObject({ code, message, cause });
  });
});

describe('refusedUpgrade', () => {
  const body = (code: string) =>
    JSON.stringify({ error: 'Do this.', code, timestamp: 1, retryable: true, request_id: 'r' });

  it.each([
    ["the gateway's own refusal", { status: 429, body: body('too_many_sessions') }, 4101, 'too_many_sessions'],
    ["the gateway's own 404", { status: 404, body: body('session_not_found') }, 4004, 'session_not_found'],
    ['a proxy that knows no such user', { status: 401, body: '' }, 4001, 'unauthorized'],
    ['a proxy without a gateway behind it', { status: 502, body: '<html>' }, 1006, 'overloaded'],
    ['a proxy that knows no such service', { status: 404, body: 'default backend' }, 1006, 'not_found'],
  ])('reads %s as a close', (_name, refusal, closeCode, code) => {
    const close = refusedUpgrade('http://h:1', { ...refusal, retryAfter: '3' });
    expect(close).toMatchObject({ code: closeCode, failure: { code, retryAfterMs: 3000 } });
  });
});
