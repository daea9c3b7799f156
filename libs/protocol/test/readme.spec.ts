import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readConnection } from './readme-example.ts';

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the example of the README', () => {
  it('is the code that is compiled here', () => {
    const code = textOf('./readme-example.ts').replace('../src/index.ts', '@verbatim/protocol');
    expect(textOf('../README.md')).toContain(code);
  });

  it('does what it shows', () => {
    const url = new URL('ws://localhost/stt/stream?language=fr');
    expect(readConnection(url, '{"type":"end"}')).toBe('open end');
    expect(readConnection(url, '{"type":"stop"}')).toMatch(/^4000 Message type "stop" is unknown/);
  });
});
