import { describe, expect, it } from '@jest/globals';
import { fieldRows, typeInWords } from './schema-words.ts';

describe('typeInWords', () => {
  it.each([
    [{ type: 'string' }, 'text'],
    [{ type: 'integer', minimum: 1, maximum: 2 }, 'whole number 1 to 2'],
    [{ type: 'integer', minimum: 0 }, 'whole number from 0'],
    [{ type: 'number', maximum: 9 }, 'number up to 9'],
    [{ type: ['number', 'null'], minimum: 0, maximum: 1 }, 'number 0 to 1 or null'],
    [{ anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { type: 'null' }] }, 'number 0 to 1 or null'],
    [{ enum: ['a', 'b'] }, '"a" or "b"'],
    [{ const: 'audio' }, '"audio"'],
    [{ type: 'boolean' }, 'true or false'],
  ])('says %j as %s', (schema, words) => {
    expect(typeInWords(schema)).toBe(words);
  });
});

describe('fieldRows', () => {
  it('lists fields with their nested ones, and which are always there', () => {
    const schema = {
      type: 'object',
      required: ['words'],
      properties: {
        words: {
          type: 'array',
          items: { type: 'object', required: ['word'], properties: { word: { type: 'string' } } },
        },
        redis: { type: 'object', description: 'State.', properties: { ping_ms: { type: 'number' } } },
      },
    };
    expect(fieldRows(schema)).toEqual([
      { path: 'words', type: 'list', isRequired: true, description: '' },
      { path: 'words[].word', type: 'text', isRequired: true, description: '' },
      { path: 'redis', type: 'object', isRequired: false, description: 'State.' },
      { path: 'redis.ping_ms', type: 'number', isRequired: false, description: '' },
    ]);
  });
});
