import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { redactFields, redactMessage } from './redact-fields.ts';

describe('redactFields', () => {
  it.each([
    'token',
    'resume_token',
    'resumeToken',
    'authorization',
    'Authorization',
    'set-cookie',
    'password',
    'x-api-key',
    'apiKey',
    'tokens',
  ])('hides the credential %s, even a number', (name) => {
    expect(redactFields({ [name]: 'canary' })).toEqual({ [name]: '[redacted]' });
    expect(redactFields({ [name]: 1234 })).toEqual({ [name]: '[redacted]' });
  });

  it.each([
    'text',
    'finalText',
    'stable_text',
    'words',
    'audio',
    'pcm',
    'data',
    'json',
    'checkpoint',
    'hypothesis',
    'payload',
  ])('hides the content %s but shows a count under that name', (name) => {
    expect(redactFields({ [name]: 'canary' })).toEqual({ [name]: '[redacted]' });
    expect(redactFields({ [name]: [{ word: 'canary' }] })).toEqual({ [name]: '[redacted]' });
    expect(redactFields({ [name]: 14 })).toEqual({ [name]: 14 });
  });

  it('leaves what a log is for', () => {
    const fields = {
      event: 'session_ended',
      session_id: 's07-1',
      audio_ms: 61200,
      segments: 14,
      context: 'x',
      tokenCount: 3,
      ok: true,
      none: null,
    };
    expect(redactFields(fields)).toEqual(fields);
  });

  it('looks into objects, arrays and causes of errors at any depth', () => {
    const cause = Object.assign(new Error('inner'), { text: 'canary' });
    const fields = { a: [{ b: { text: 'canary' } }], err: new SttError('internal_error', 'outer', { cause }) };
    const redacted = JSON.stringify(redactFields(fields));
    expect(redacted).not.toContain('canary');
    expect(redacted).toContain('internal_error');
    expect(redacted).toContain('inner');
  });

  it('shows bytes and samples by their size only, under any name', () => {
    expect(redactFields({ x: Buffer.from('canary'), y: new Float32Array(4), z: new ArrayBuffer(2) })).toEqual({
      x: '[6 bytes]',
      y: '[16 bytes]',
      z: '[2 bytes]',
    });
  });

  it('ends at cycles, deep values, long texts and wide objects', () => {
    const cyclic: Record<string, unknown> = { name: 'loop' };
    cyclic['self'] = cyclic;
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]));
    const line = JSON.stringify(
      redactFields({ cyclic, wide, long: 'x'.repeat(100_000), list: Array.from({ length: 1000 }, () => 1) }),
    );
    expect(line).toContain('[too deep]');
    expect(line.length).toBeLessThan(5000);
  });

  it('hides tokens in addresses', () => {
    expect(redactFields({ url: '/stt/stream?resume_token=canary' })).toEqual({
      url: '/stt/stream?resume_token=[redacted]',
    });
    expect(redactFields({ path: '/stt/stream?resume_token=canary' })).toEqual({
      path: '/stt/stream?resume_token=[redacted]',
    });
  });

  it('shows maps by their size, dates as text and big integers as digits', () => {
    expect(redactFields({ m: new Map([['canary', 1]]), d: new Date(0), n: 5n, bad: new Date(Number.NaN) })).toEqual({
      m: '[1 entries]',
      d: '1970-01-01T00:00:00.000Z',
      n: '5',
      bad: null,
    });
  });
});

describe('redactMessage', () => {
  it.each(['canary speaks', '{"text": canary}', 'canary'])('hides the input that a JSON error quotes: %s', (input) => {
    let message = '';
    try {
      JSON.parse(input);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(redactMessage(message)).not.toContain('canary');
    expect(redactMessage(message)).toMatch(/JSON/);
  });
});
