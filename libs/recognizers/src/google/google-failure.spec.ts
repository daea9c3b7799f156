import { describe, expect, it } from '@jest/globals';
import type { RecognizerFailure } from '../recognizer.ts';
import { GOOGLE_CODES, judge, toError } from './google-failure.ts';

const CODES: readonly [code: number, name: string, failure: RecognizerFailure, mayReplay: boolean][] = [
  [0, 'OK', 'unavailable', true],
  [1, 'CANCELLED', 'unavailable', true],
  [2, 'UNKNOWN', 'unavailable', true],
  [3, 'INVALID_ARGUMENT', 'bad_request', false],
  [4, 'DEADLINE_EXCEEDED', 'timeout', false],
  [5, 'NOT_FOUND', 'misconfigured', false],
  [6, 'ALREADY_EXISTS', 'misconfigured', false],
  [7, 'PERMISSION_DENIED', 'unauthorized', false],
  [8, 'RESOURCE_EXHAUSTED', 'rate_limited', false],
  [9, 'FAILED_PRECONDITION', 'misconfigured', false],
  [10, 'ABORTED', 'unavailable', true],
  [11, 'OUT_OF_RANGE', 'unavailable', true],
  [12, 'UNIMPLEMENTED', 'misconfigured', false],
  [13, 'INTERNAL', 'unavailable', true],
  [14, 'UNAVAILABLE', 'unavailable', true],
  [15, 'DATA_LOSS', 'unavailable', true],
  [16, 'UNAUTHENTICATED', 'unauthorized', false],
];

describe('what a status of Google means', () => {
  it.each(CODES)('%d %s is %s', (code, name, failure, mayReplay) => {
    expect(judge({ code })).toEqual({ name, failure, mayReplay });
  });

  it('is known for each of the seventeen codes', () => {
    expect(GOOGLE_CODES.map(({ name }) => name)).toEqual(CODES.map(([, name]) => name));
  });

  it.each<[code: number, details: string, failure: RecognizerFailure]>([
    [3, 'The language "qtz" is not supported by the model "long" in the location named "global".', 'bad_request'],
    [3, 'Audio chunk can be of a a maximum of 25600 bytes.', 'bad_request'],
    [3, 'The model "nope" does not exist in the location named "global".', 'misconfigured'],
    [3, 'Invalid resource field value in the recognizer.', 'misconfigured'],
    [8, "Quota exceeded for 'Streaming requests per minute'.", 'rate_limited'],
    [8, "Quota exceeded for 'Audio seconds per day'.", 'quota_exhausted'],
    [14, 'Getting metadata from plugin failed with error: invalid_grant', 'unauthorized'],
    [2, 'Could not load the default credentials.', 'unauthorized'],
  ])('%d with "%s" is %s', (code, details, failure) => {
    expect(judge({ code, details }).failure).toBe(failure);
  });

  it('is a broken connection where there is no code at all', () => {
    expect(judge({ message: 'socket hang up' })).toMatchObject({ failure: 'unavailable', mayReplay: true });
  });

  it('carries the time that Google says to wait', () => {
    const statusDetails = [{ reason: 'RATE_LIMIT_EXCEEDED' }, { retryDelay: { seconds: '2', nanos: 500_000_000 } }];
    const verdict = judge({ code: 8, statusDetails });
    expect(verdict.retryAfterMs).toBe(2_500);
    const error = toError(verdict, { cause: null, failedRequests: 2 });
    expect(error).toMatchObject({ failure: 'rate_limited', retryAfterMs: 2_500, failedRequests: 2 });
  });
});
