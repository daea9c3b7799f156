import { describe, expect, it } from '@jest/globals';
import { createLiveRelay, createScreen } from '../screen.mjs';

function open(isTTY: boolean) {
  const written: string[] = [];
  const screen = createScreen({ write: (text: string) => written.push(text), isTTY, columns: 80 });
  /** What a terminal would show. */
  const shown = () =>
    written
      .join('')
      .split('\n')
      .map((line) => line.split('\r\x1b[2K').at(-1));
  return { screen, written, shown };
}

describe('createScreen', () => {
  it('moves the live line below a finished one', () => {
    const { screen, shown } = open(true);
    screen.live('forming');
    screen.line('log');
    expect(shown()).toEqual(['log', 'forming']);
    screen.live('formed');
    expect(shown()).toEqual(['log', 'formed']);
    screen.live('');
    expect(shown()).toEqual(['log', '']);
  });

  it('writes nothing but lines where there is no terminal', () => {
    const { screen, written } = open(false);
    screen.live('forming');
    screen.line('log');
    expect(written).toEqual(['log\n']);
  });
});

describe('createLiveRelay', () => {
  it('draws what a child draws, with the log lines of others above', () => {
    const { screen, shown } = open(true);
    const relay = createLiveRelay(screen);
    relay('\r\x1b[2Khel');
    screen.line('log');
    relay('\r\x1b[2Khello');
    expect(shown()).toEqual(['log', 'hello']);
    relay('\r\x1b[2KHello.\n\r\x1b[2Knext');
    expect(shown()).toEqual(['log', 'Hello.', 'next']);
    relay('\r\x1b[2K');
    expect(shown()).toEqual(['log', 'Hello.', '']);
  });

  it('puts a line together that arrives in pieces', () => {
    const { screen, written } = open(false);
    const relay = createLiveRelay(screen);
    relay('Hel');
    relay('lo.\nNext');
    relay('.\n');
    expect(written).toEqual(['Hello.\n', 'Next.\n']);
  });
});
