import { expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { describeStartFailure } from './start-failure.ts';

const ADDRESS = { host: '10.0.0.1', port: 80 };

it.each([
  [new SttError('storage_unavailable', 'Redis at x:1 cannot be reached.'), 69, /^Redis at x:1 .*REDIS_URL/],
  [Object.assign(new Error('listen'), { code: 'EADDRINUSE' }), 71, /Port 80 of 10\.0\.0\.1.*STT_JOBS_PORT/],
  [Object.assign(new Error('listen'), { code: 'EADDRNOTAVAIL' }), 71, /EADDRNOTAVAIL.*HOST/],
])('says what to do about %s', (thrown, exitCode, sentence) => {
  expect(describeStartFailure(thrown, ADDRESS)).toEqual({ exitCode, sentence: expect.stringMatching(sentence) });
});

it('leaves a defect to the log', () => {
  expect(describeStartFailure(new TypeError('x is not a function'), ADDRESS)).toBeUndefined();
});
