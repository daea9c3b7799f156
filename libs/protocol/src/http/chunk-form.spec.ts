import { describe, expect, it } from '@jest/globals';
import { createSessionId } from '../ids/ids.ts';
import { parseChunkForm } from './chunk-form.ts';

const SESSION_ID = createSessionId(7, new Uint8Array(16));

describe('parseChunkForm', () => {
  it('opens a session with the defaults of a stream, its encoding left to the bytes', () => {
    expect(parseChunkForm({})).toEqual({
      ...{ sessionId: undefined, index: 0, isFinal: false, waitMs: 1500, givenOptions: [] },
      config: expect.objectContaining({ language: 'en', sample_rate: 16_000, channels: 1, endpointing_ms: 600 }),
    });
    expect(parseChunkForm({}).config.encoding).toBeUndefined();
  });

  it('reads what an upload says, and remembers what was said', () => {
    const fields = { language: 'fr', provider: 'whisper', sample_rate: '8000', encoding: 'mulaw', words: 'true' };
    const form = parseChunkForm({ ...fields, session_id: SESSION_ID, chunk_index: '3', wait_ms: '0' });
    expect(form).toMatchObject({ sessionId: SESSION_ID, index: 3, waitMs: 0 });
    expect(form.config).toMatchObject({
      language: 'fr',
      provider: 'whisper',
      sample_rate: 8000,
      encoding: 'mulaw',
      words: true,
    });
    expect([...form.givenOptions].sort()).toEqual(Object.keys(fields).sort());
  });

  it('waits longer for the final chunk, and takes the next index when none is given', () => {
    expect(parseChunkForm({ is_final_chunk: 'true', session_id: SESSION_ID })).toMatchObject({
      ...{ isFinal: true, waitMs: 10_000, index: undefined },
    });
  });

  it.each([
    [{ lnaguage: 'en' }, 'Unknown field "lnaguage": did you mean language?', 'lnaguage'],
    [{ 'a[b][c]': '1' }, 'Unknown field "a[b][c]": known are', 'a[b][c]'],
    [{ ['__proto__']: '1' }, 'Unknown field "__proto__"', '__proto__'],
    [
      { sample_rate: '44' },
      'Field sample_rate: "44" is not allowed; allowed: a whole number from 8000 to 48000.',
      'sample_rate',
    ],
    [{ wait_ms: '10001' }, 'allowed: a whole number from 0 to 10000', 'wait_ms'],
    [{ wait_ms: '1e3' }, 'Field wait_ms: "1e3" is not allowed', 'wait_ms'],
    [{ is_final_chunk: 'yes' }, 'allowed: true, false', 'is_final_chunk'],
    [{ chunk_index: '-1', session_id: SESSION_ID }, 'allowed: a whole number from 0 to 999999999', 'chunk_index'],
    [{ session_id: '../etc/passwd' }, 'Field session_id: "../etc/passwd" is not allowed', 'session_id'],
    [{ chunk_index: '2' }, 'the first chunk of a session is 0', 'chunk_index'],
  ])('refuses %j and says how it should be', (fields, sentence, field) => {
    const values = Object.fromEntries(Object.entries(fields));
    expect(() => parseChunkForm(values)).toThrow(
      expect.objectContaining({
        code: 'bad_request',
        field,
        message: expect.stringContaining(sentence) as unknown,
      }),
    );
  });
});
