import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { allowedValues, readText } from './text-values.ts';

describe('readText', () => {
  it.each([
    [z.int(), '42', 42],
    [z.int().default(1), '-7', -7],
    [z.number().optional(), '0.5', 0.5],
    [z.int(), '0x10', '0x10'],
    [z.int(), '1e3', '1e3'],
    [z.int(), ' 1', ' 1'],
    [z.int(), '', ''],
    [z.int(), '9'.repeat(16), '9'.repeat(16)],
    [z.boolean(), 'true', true],
    [z.boolean().default(true), 'false', false],
    [z.boolean(), 'yes', 'yes'],
    [z.string(), '42', '42'],
    [z.array(z.string()), 'local, whisper', ['local', 'whisper']],
    [z.array(z.int()).default([]), '1,2', [1, 2]],
    [z.int().transform((value) => value * 2), '4', 4],
  ])('reads for %p the text %p as %p', (schema, text, expected) => {
    expect(readText(schema, text)).toEqual(expected);
  });

  it('makes no negative zero', () => {
    expect(Object.is(readText(z.int(), '-0'), 0)).toBe(true);
  });
});

describe('allowedValues', () => {
  it.each([
    [z.int().min(1).max(2), 'a whole number from 1 to 2'],
    [z.int().min(0), 'a whole number from 0'],
    [z.int().max(9), 'a whole number up to 9'],
    [z.number(), 'a number'],
    [z.boolean().default(true), 'true, false'],
    [z.enum(['a', 'b']).optional(), 'a, b'],
    [z.literal('audio'), 'audio'],
    [z.array(z.enum(['a', 'b'])), 'a comma-separated list of: a, b'],
    [z.array(z.string()), 'a comma-separated list'],
    [z.string(), undefined],
  ])('of %p are in words: %p', (schema, words) => {
    expect(allowedValues(schema)).toBe(words);
  });
});
