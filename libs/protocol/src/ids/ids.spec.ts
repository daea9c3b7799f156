import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createSessionId, formatShard, isSessionId, shardOf } from './ids.ts';

const sixteenBytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('session ids', () => {
  it('carry their shard and are recognised, for any shard and any bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), sixteenBytes, (shard, bytes) => {
        const id = createSessionId(shard, bytes);
        expect(isSessionId(id)).toBe(true);
        expect(shardOf(id)).toBe(formatShard(shard));
      }),
    );
  });

  it('spell every byte with two digits', () => {
    expect(createSessionId(7, new Uint8Array(16).fill(10))).toBe(`s07-${'0a'.repeat(16)}`);
  });

  it.each([-1, 100, 1.5, Number.NaN])('refuse the shard %p', (shard) => {
    expect(() => createSessionId(shard, new Uint8Array(16))).toThrow(/0–99/);
  });

  it('refuse fewer random bytes than 16', () => {
    expect(() => createSessionId(1, new Uint8Array(15))).toThrow(/16 random bytes/);
  });

  it.each([
    '',
    's7-0123456789abcdef0123456789abcdef',
    's07-0123456789ABCDEF0123456789ABCDEF',
    's07-0123456789abcdef0123456789abcde',
    's07-0123456789abcdef0123456789abcdef\n',
    '../s07-0123456789abcdef0123456789abcdef',
    's07-{07}23456789abcdef0123456789abcdef',
  ])('do not include %p', (text) => {
    expect(isSessionId(text)).toBe(false);
  });
});
