import { describe, expect, it } from '@jest/globals';
import type { Fence } from '@verbatim/protocol';
import { decodePayload, encodeTransient } from './channel-payload.ts';

describe('a channel payload', () => {
  it('carries a durable message with its seq', () => {
    const json = '{"text":"a b\\nc D 7 {}"}';
    expect(decodePayload(`D 12 ${json}`)).toEqual({ kind: 'durable', message: { seq: 12, json } });
  });

  it('carries a transient with its fence, there and back', () => {
    const payload = encodeTransient(3 as Fence, '{"x":1}');
    expect(payload).toBe('T 3 {"x":1}');
    expect(decodePayload(payload)).toEqual({ kind: 'transient', fence: 3, json: '{"x":1}' });
  });

  it('carries the number of a newer connection', () => {
    expect(decodePayload('C 2')).toEqual({ kind: 'replaced', connection: 2 });
  });

  it('is ignored when a newer version or a stranger wrote it', () => {
    for (const payload of ['', 'X 1 {}', 'D x {}', 'D1 {}', 'hello', 'C'])
      expect(decodePayload(payload)).toBeUndefined();
  });
});
