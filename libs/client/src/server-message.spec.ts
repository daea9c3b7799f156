import { describe, expect, it } from '@jest/globals';
import { readServerMessage } from './server-message.ts';

const ERROR = {
  type: 'error',
  error: 'Do something else.',
  timestamp: 1.5,
  code: 'overloaded',
  retryable: true,
  retry_after_ms: 5,
  request_id: 'r',
};

describe('readServerMessage', () => {
  it('reads a message and leaves fields it does not know in it', () => {
    const message = { type: 'ack', audio_bytes: 5, added_later: { x: 1 } };
    expect(readServerMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    ['an unknown type', '{"type":"weather","sunny":true}'],
    ['a broken message', '{"type":"ack","audio_bytes":"five"}'],
    ['no JSON', 'hello'],
    ['no object', '7'],
    ['null', 'null'],
  ])('passes over %s', (_what, text) => {
    expect(readServerMessage(text)).toBeUndefined();
  });

  it('keeps an error whose code it does not know', () => {
    expect(readServerMessage(JSON.stringify(ERROR))).toEqual(ERROR);
    const unknown = readServerMessage(JSON.stringify({ ...ERROR, code: 'moon_phase' }));
    expect(unknown).toEqual({ ...ERROR, code: 'internal_error' });
  });
});
