import { describe, expect, it } from '@jest/globals';
import { serverMessageSchema } from '@verbatim/protocol';
import { readMessage, REQUIRED_FIELDS } from './read-message.ts';

/** What is used of a schema: whether it takes a value. */
interface Schema {
  safeParse(value: unknown): { readonly success: boolean };
}

const ERROR = {
  type: 'error',
  error: 'Do something else.',
  timestamp: 1.5,
  code: 'overloaded',
  retryable: true,
  retry_after_ms: 5,
  request_id: 'r',
};

describe('REQUIRED_FIELDS', () => {
  it('are those of the schemas of the protocol, message by message', () => {
    const ofSchemas = serverMessageSchema.options.map(({ shape }) => {
      const fields = Object.entries<Schema>(shape).filter(
        ([name, field]) => name !== 'type' && !field.safeParse(undefined).success,
      );
      return [shape.type.value, fields.map(([name]) => name).sort()];
    });
    const ofReader = Object.entries(REQUIRED_FIELDS).map(([type, fields]) => [type, Object.keys(fields).sort()]);
    expect(ofReader.sort()).toEqual(ofSchemas.sort());
  });
});

describe('readMessage', () => {
  it('reads a message and leaves fields it does not know in it', () => {
    const message = { type: 'ack', audio_bytes: 5, added_later: { x: 1 } };
    expect(readMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    ['an unknown type', '{"type":"weather","sunny":true}'],
    ['a type that every object has', '{"type":"constructor"}'],
    ['a broken message', '{"type":"ack","audio_bytes":"five"}'],
    ['a message with something missing', '{"type":"ack"}'],
    ['no JSON', 'hello'],
    ['no object', '7'],
    ['null', 'null'],
  ])('passes over %s', (_what, text) => {
    expect(readMessage(text)).toBeUndefined();
  });

  it('keeps an error whose code it does not know', () => {
    expect(readMessage(JSON.stringify(ERROR))).toEqual(ERROR);
    const unknown = readMessage(JSON.stringify({ ...ERROR, code: 'moon_phase' }));
    expect(unknown).toEqual({ ...ERROR, code: 'internal_error' });
  });
});
