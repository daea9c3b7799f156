import { expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { describeStartFailure } from './start-failure.ts';

const ADDRESS = { host: '10.0.0.1', port: 80 };

it.each([
  [new SttError('storage_unavailable', 'Redis at x:1 cannot be reached.'), 69, /REDIS_URL/],
  [Object.assign(new Error('listen'), { code: 'EADDRINUSE' }), 71, /Port 80 is taken.*PORT/],
  [Object.assign(new Error('listen'), { code: 'EACCES' }), 71, /Port 80.*1024/],
  [Object.assign(new Error('listen'), { code: 'EADDRNOTAVAIL' }), 71, /HOST 10\.0\.0\.1/],
])('says what to do about %s', (thrown, exitCode, sentence) => {
  expect(describeStartFailure(thrown, ADDRESS)).toEqual({ exitCode, sentence: expect.stringMatching(sentence) });
});

it('leaves a defect to the log', () => {
  expect(describeStartFailure(new TypeError('x is not a function'), ADDRESS)).toBeUndefined();
});
