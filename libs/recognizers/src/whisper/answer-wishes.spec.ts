import { describe, expect, it } from '@jest/globals';
import { inCommon, promisesOf, stepDown, wishesFor, type AnswerWishes } from './answer-wishes.ts';

const verbose = wishesFor('verbose');
const streamed = wishesFor('streamed');
const plain = wishesFor('plain');

describe('a server that does not know what was asked for', () => {
  it.each<[complaint: string, from: AnswerWishes, to: AnswerWishes]>([
    ['timestamp_granularities[] Unknown field', verbose, { ...verbose, wantsWordTimes: false }],
    ["response_format 'verbose_json' is not compatible with this model", verbose, plain],
    ['include[] is not supported', streamed, { ...streamed, wantsLogprobs: false }],
    ['Logprobs are not available for this model', streamed, { ...streamed, wantsLogprobs: false }],
    ['stream Streaming is not supported', streamed, { ...streamed, isStreamed: false }],
  ])('is asked for less after "%s"', (complaint, from, to) => {
    expect(stepDown(from, { status: 400, complaint })).toEqual(to);
  });

  it('is asked for the bare text after a 422 that names nothing', () => {
    expect(stepDown(verbose, { status: 422, complaint: ' 422 status code (no body)' })).toEqual(plain);
    expect(stepDown(plain, { status: 422, complaint: ' 422 status code (no body)' })).toBeUndefined();
  });

  it.each([
    [400, 'language Unsupported language'],
    [400, 'file Audio file is too short'],
    [401, 'stream Incorrect API key'],
    [429, 'response_format Rate limit reached'],
    [500, 'timestamp_granularities The server had an error'],
  ])('is not suspected for %i "%s"', (status, complaint) => {
    for (const wishes of [verbose, streamed, plain]) expect(stepDown(wishes, { status, complaint })).toBeUndefined();
  });

  it('is asked at most four times, whatever it names', () => {
    const complaint = 'timestamp_granularities response_format include stream';
    for (let wishes: AnswerWishes | undefined = { ...verbose, ...streamed, format: 'verbose_json' }, asked = 0; ;) {
      asked += 1;
      expect(asked).toBeLessThanOrEqual(4);
      wishes = stepDown(wishes, { status: 400, complaint });
      if (wishes === undefined) break;
    }
  });
});

it('promises word times and a confidence only where they are asked for', () => {
  expect([verbose, { ...verbose, wantsWordTimes: false }, streamed, plain].map(promisesOf)).toEqual([
    { hasWordTimes: true, hasConfidence: true },
    { hasWordTimes: false, hasConfidence: true },
    { hasWordTimes: false, hasConfidence: true },
    { hasWordTimes: false, hasConfidence: false },
  ]);
});

it('keeps what two lessons have in common', () => {
  expect(inCommon(verbose, { ...verbose, wantsWordTimes: false })).toEqual({ ...verbose, wantsWordTimes: false });
  expect(inCommon({ ...streamed, isStreamed: false }, { ...streamed, wantsLogprobs: false })).toEqual(plain);
  expect(inCommon(verbose, plain)).toEqual(plain);
});
