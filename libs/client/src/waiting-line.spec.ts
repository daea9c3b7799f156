import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { createWaitingLine } from './waiting-line.ts';

function lineOf() {
  const acted: string[] = [];
  let room = 0;
  const line = createWaitingLine(() => room > 0);
  const admit = (name: string, needsRoom = true) => {
    const act = () => {
      acted.push(name);
      if (needsRoom) room -= 1;
      line.move();
    };
    return line.admit({ needsRoom, act });
  };
  const makeRoom = (places: number) => {
    room += places;
    line.move();
  };
  return { line, acted, admit, makeRoom };
}

describe('createWaitingLine', () => {
  it('lets in at once while there is room', async () => {
    const { acted, admit, makeRoom } = lineOf();
    makeRoom(1);
    const admitted = admit('a');
    expect(acted).toEqual(['a']);
    await admitted;
  });

  it('keeps the order of audio and requests while audio waits', async () => {
    const { acted, admit, makeRoom } = lineOf();
    const all = [admit('a'), admit('end', false), admit('b')];
    expect(acted).toEqual([]);
    makeRoom(1);
    expect(acted).toEqual(['a', 'end']);
    makeRoom(1);
    expect(acted).toEqual(['a', 'end', 'b']);
    await Promise.all(all);
  });

  it('turns away whoever waits', async () => {
    const { line, admit } = lineOf();
    const waiting = admit('a');
    line.refuse(new SttError('session_replaced', 'Gone.'));
    await expect(waiting).rejects.toThrow('Gone.');
  });

  it('refuses more than a thousand', async () => {
    const { line, admit } = lineOf();
    const waiting = Array.from({ length: 1_000 }, () => admit('a').catch(() => undefined));
    await expect(admit('one more')).rejects.toMatchObject({ code: 'rate_limited' });
    line.refuse(new SttError('session_replaced', 'Gone.'));
    await Promise.all(waiting);
  });
});
