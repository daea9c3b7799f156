import { describe, expect, it } from '@jest/globals';
import { formatLogLine } from '../run/log-line.mjs';

const format = (line: string, isColoured = false) => formatLogLine('gateway', line, { isColoured });

describe('formatLogLine', () => {
  it('makes one line for people out of pino JSON', () => {
    const line = JSON.stringify({
      level: 30,
      time: 1,
      pid: 9,
      hostname: 'h',
      msg: 'session started',
      session_id: 'abc',
    });
    expect(format(line)).toBe('gateway     │ info  session started session_id=abc');
  });

  it('reads levels given as words, and quotes values with spaces', () => {
    expect(format('{"level":"warn","msg":"slow","why":"two words"}')).toBe('gateway     │ warn  slow why="two words"');
  });

  it('shows the message of an error instead of its stack', () => {
    const line = JSON.stringify({ level: 50, msg: 'failed', err: { message: 'gone', stack: 'Error: gone\n at x' } });
    expect(format(line)).toBe('gateway     │ error failed err=gone');
  });

  it('lets a line that is no JSON through, without what could move the cursor', () => {
    expect(format('plain \x1b[2Jtext')).toBe('gateway     │ plain [2Jtext');
    expect(format('{broken')).toBe('gateway     │ {broken');
  });

  it('colours warnings and errors on a terminal only', () => {
    expect(format('{"level":40,"msg":"slow"}', true)).toBe('gateway     │ \x1b[33mwarn  slow\x1b[0m');
  });
});
