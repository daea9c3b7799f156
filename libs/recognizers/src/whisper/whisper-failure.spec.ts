import { describe, expect, it } from '@jest/globals';
import * as library from 'openai';
import { RecognizerError, type RecognizerFailure } from '../recognizer.ts';
import { refusalOf, toRecognizerError, type RequestEnd } from './whisper-failure.ts';

const END: RequestEnd = { model: 'whisper-1', isExpired: false, isCalledOff: false, wallMs: 1_000_000_000_000 };

function refused(status: number, error: object = {}, headers: Record<string, string> = {}) {
  return library.APIError.generate(status, { error }, undefined, new Headers(headers));
}

function inStream(error: object) {
  return new library.APIError(undefined, error, undefined, new Headers());
}

describe('what a request failed with', () => {
  it.each<[what: string, cause: unknown, failure: RecognizerFailure]>([
    ['no answer in time', new library.APIConnectionTimeoutError(), 'timeout'],
    ['no connection', new library.APIConnectionError({ cause: new Error('ECONNREFUSED') }), 'unavailable'],
    ['400', refused(400), 'bad_request'],
    ['413', refused(413), 'bad_request'],
    ['415', refused(415), 'bad_request'],
    ['422', refused(422), 'bad_request'],
    ['401', refused(401, { code: 'invalid_api_key' }), 'unauthorized'],
    ['403', refused(403), 'unauthorized'],
    ['402', refused(402), 'quota_exhausted'],
    ['404', refused(404, { code: 'model_not_found' }), 'misconfigured'],
    ['408', refused(408), 'timeout'],
    ['409', refused(409), 'unavailable'],
    ['429', refused(429, { code: 'rate_limit_exceeded' }), 'rate_limited'],
    ['429 of an empty account', refused(429, { code: 'insufficient_quota' }), 'quota_exhausted'],
    ['429 of an empty account, by type', refused(429, { type: 'insufficient_quota' }), 'quota_exhausted'],
    ['500', refused(500), 'unavailable'],
    ['503', refused(503), 'unavailable'],
    ['an error in a stream', inStream({ type: 'server_error' }), 'unavailable'],
    ['a rate limit in a stream', inStream({ code: 'rate_limit_exceeded' }), 'rate_limited'],
    ['an empty account in a stream', inStream({ code: 'insufficient_quota' }), 'quota_exhausted'],
    ['a refusal in a stream', inStream({ type: 'invalid_request_error' }), 'bad_request'],
    ['bytes that are no JSON', new SyntaxError('Unexpected token'), 'unavailable'],
    ['nothing at all', undefined, 'unavailable'],
  ])('%s → %s', (_, cause, failure) => {
    const error = toRecognizerError(cause, END, library);
    expect(error).toBeInstanceOf(RecognizerError);
    expect(error.failure).toBe(failure);
    expect(error.message).toContain('whisper-1');
  });

  it('is our own doing when it was called off, and too late when our clock ended it', () => {
    const cause = new library.APIUserAbortError();
    expect(toRecognizerError(cause, { ...END, isCalledOff: true }, library).failure).toBe('called_off');
    expect(toRecognizerError(cause, { ...END, isExpired: true }, library).failure).toBe('timeout');
  });

  it("keeps the provider's sentence, which may quote what was sent, out of the message", () => {
    const cause = refused(401, { message: 'Incorrect API key provided: sk-123', code: 'invalid_api_key' });
    const { message, cause: kept } = toRecognizerError(cause, END, library);
    expect(message).toBe('The model whisper-1 refused: 401 invalid_api_key.');
    expect(kept).toBe(cause);
  });

  it.each<[headers: Record<string, string>, expectedMs: number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '2', 'retry-after-ms': '350' }, 350],
    [{ 'retry-after': new Date(END.wallMs + 5_000).toUTCString() }, 5_000],
    [{ 'retry-after': new Date(END.wallMs - 5_000).toUTCString() }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
  ])('with %j is worth another try after %s ms', (headers, expectedMs) => {
    expect(toRecognizerError(refused(429, {}, headers), END, library).retryAfterMs).toBe(expectedMs);
  });
});

it('tells what a server objects to, and nothing where it did not answer', () => {
  const refusal = refusalOf(refused(400, { message: 'Not known here', param: 'include[]' }), library);
  expect(refusal).toEqual({ status: 400, complaint: 'include[] 400 Not known here' });
  expect(refusalOf(new library.APIConnectionTimeoutError(), library)).toBeUndefined();
  expect(refusalOf(new Error('broken'), library)).toBeUndefined();
});
