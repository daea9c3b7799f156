import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SttError } from '../errors/stt-error.ts';
import { MAX_AUDIO_TEXT_LENGTH, MAX_CONTROL_TEXT_LENGTH, parseClientMessage } from './parse-client-message.ts';

/** Generous for a loaded machine: 128 kB of anything must not hold the event loop. */
const LONGEST_PARSE_MS = 250;

function refusal(text: string): SttError {
  try {
    parseClientMessage(text);
  } catch (error) {
    if (error instanceof SttError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text.slice(0, 200)}`);
}

describe('parseClientMessage', () => {
  it.each([
    { type: 'audio', data: 'AAABAA==' },
    { type: 'audio', data: '' },
    { type: 'finalize' },
    { type: 'end' },
    { type: 'keepalive' },
  ])('reads %j', (message) => {
    expect(parseClientMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    [
      '{"type":"finalise"}',
      'Message type "finalise" is unknown: did you mean finalize? Known: audio, finalize, end, keepalive',
    ],
    ['{"type":"CloseStream"}', 'Message type "CloseStream" is unknown: Known: audio, finalize, end, keepalive'],
    ['{"type":"toString"}', 'Message type "toString" is unknown'],
    ['{"type":"__proto__"}', 'Message type "__proto__" is unknown'],
    ['{"type":""}', 'Message type "" is unknown'],
    ['{}', 'Field /type is missing: give one of audio, finalize, end, keepalive'],
    ['{"type":7}', 'Field /type is a number'],
    ['{"type":null}', 'Field /type is null'],
    ['{"type":{"a":1}}', 'Field /type is an object'],
    ['{"type":["end"]}', 'Field /type is an array'],
    ['{"__proto__":{"type":"end"}}', 'Field /type is missing'],
    ['{"type":"end","__proto__":{"admin":true}}', 'Field "/__proto__" is unknown in a message of type end'],
    ['{"type":"end","a/b~c":1}', 'Field "/a~1b~0c" is unknown'],
    [
      '{"type":"audio","dat":"AAAA"}',
      'Field "/dat" is unknown in a message of type audio: did you mean data? Known: /type, /data',
    ],
    ['{"type":"audio"}', 'Field /data is missing: give the audio as base64 text'],
    ['{"type":"audio","data":5}', 'Field /data is a number'],
    ['{"type":"audio","data":null}', 'Field /data is null'],
    ['{"type":"audio","data":[1,2]}', 'Field /data is an array'],
    ['{"type":"audio","data":"no spaces!"}', 'Field /data is not base64'],
    ['{"type":"audio","data":"AAA"}', 'Field /data is not base64'],
    ['[]', 'The text frame is an array'],
    ['null', 'The text frame is null'],
    ['"end"', 'The text frame is a string'],
    ['12', 'The text frame is a number'],
    ['true', 'The text frame is a boolean'],
    ['', 'The text frame is not JSON'],
    ['end', 'The text frame is not JSON'],
    ['{"type":"end"', 'The text frame is not JSON'],
    ['{"type":"end"}{"type":"end"}', 'The text frame is not JSON'],
    ['{"type":NaN}', 'The text frame is not JSON'],
    ["{'type':'end'}", 'The text frame is not JSON'],
  ])('refuses %s with a sentence that helps', (text, sentence) => {
    const error = refusal(text);
    expect(error.code).toBe('bad_request');
    expect(error.message).toContain(sentence);
  });

  it('leaves the prototype of objects alone', () => {
    refusal('{"type":"end","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('never repeats what was said: a refused payload is not in the sentence', () => {
    expect(refusal('{"type":"audio","data":"my card number is"}').message).not.toContain('card');
    expect(refusal('my card number is').message).not.toContain('card');
  });

  it('allows an audio frame of 64 KiB in base64 and refuses anything beyond 128 KiB', () => {
    const audio = JSON.stringify({ type: 'audio', data: 'A'.repeat(4 * Math.ceil(65_536 / 3)) });
    expect(parseClientMessage(audio).type).toBe('audio');
    const tooLong = JSON.stringify({ type: 'audio', data: 'A'.repeat(MAX_AUDIO_TEXT_LENGTH) });
    expect(refusal(tooLong).code).toBe('message_too_big');
  });

  it('allows 16 KiB for any other message and refuses one more', () => {
    const keepalive = '{"type":"keepalive"}';
    expect(parseClientMessage(keepalive.padEnd(MAX_CONTROL_TEXT_LENGTH)).type).toBe('keepalive');
    expect(refusal(keepalive.padEnd(MAX_CONTROL_TEXT_LENGTH + 1)).code).toBe('message_too_big');
  });

  it.each([
    ['nested arrays', '['.repeat(60_000) + ']'.repeat(60_000)],
    ['unclosed arrays', '['.repeat(120_000)],
    ['arrays inside a field', `{"type":"audio","data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['objects inside a field', `{"type":"end","x":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}`],
    ['a field name of 120 kB', `{"type":"audio","${'x'.repeat(120_000)}":1}`],
    ['a type of 120 kB', `{"type":"${'x'.repeat(120_000)}"}`],
    ['ten thousand fields', `{${Array.from({ length: 10_000 }, (_, index) => `"k${index}":1`).join()}}`],
    ['almost base64', `{"type":"audio","data":"${'AAAA'.repeat(30_000)}A!"}`],
  ])('survives %s and answers at once', (_name, text) => {
    const startedAt = performance.now();
    const error = refusal(text);
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_PARSE_MS);
    expect(error.message.length).toBeLessThan(400);
  });

  it('answers a message or throws an SttError, for any JSON and any text', () => {
    const type = fc.constantFrom('audio', 'finalize', 'end', 'keepalive', 'finalise');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.record({ type, data: fc.anything() }, { requiredKeys: ['type'] }).map((value) => safeJson(value)),
    );
    fc.assert(
      fc.property(text, (frame) => {
        try {
          expect(['audio', 'finalize', 'end', 'keepalive']).toContain(parseClientMessage(frame).type);
        } catch (error) {
          if (!(error instanceof SttError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function safeJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}
