import { describe, expect, it } from '@jest/globals';
import { createRandom } from '@verbatim/testing';
import fc from 'fast-check';
import { createMessageDropper } from './drop-messages.ts';

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const message = (text: string) => `*3\r\n${bulk('message')}${bulk('channel')}${bulk(text)}`;
const subscribed = `*3\r\n${bulk('subscribe')}${bulk('channel')}:1\r\n`;

function pass(share: number, text: string, cuts: readonly number[] = []): string {
  const filter = createMessageDropper(share, createRandom(5)).createFilter();
  const bytes = Buffer.from(text);
  const edges = [0, ...[...cuts].map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  return edges.map((from, index) => filter(bytes.subarray(from, edges[index + 1])).toString()).join('');
}

describe('the dropper of messages', () => {
  it('drops messages and keeps replies, pushes of both protocol versions', () => {
    const said = `+PONG\r\n${subscribed}${message('one')}>3\r\n${bulk('smessage')}${bulk('c')}${bulk('two')}$-1\r\n`;
    expect(pass(1, said)).toBe(`+PONG\r\n${subscribed}$-1\r\n`);
    expect(pass(0, said)).toBe(said);
  });

  it('drops about the share it is told to', () => {
    const kept = pass(0.1, message('x').repeat(1000)).length / message('x').length;
    expect(kept).toBeGreaterThan(860);
    expect(kept).toBeLessThan(940);
  });

  it('counts what it dropped, over all its links', () => {
    const dropper = createMessageDropper(1, createRandom(5));
    for (const filter of [dropper.createFilter(), dropper.createFilter()])
      filter(Buffer.from(message('x') + subscribed));
    expect(dropper.dropped()).toBe(2);
  });

  it('does the same wherever the stream is cut into packets', () => {
    const said = `${subscribed}${message('a\r\nb')}:7\r\n${message('é')}%1\r\n+k\r\n${bulk('v')}`;
    fc.assert(fc.property(fc.array(fc.nat(200), { maxLength: 6 }), (cuts) => pass(0, said, cuts) === said));
    fc.assert(
      fc.property(
        fc.array(fc.nat(200), { maxLength: 6 }),
        (cuts) => pass(1, said, cuts) === `${subscribed}:7\r\n%1\r\n+k\r\n${bulk('v')}`,
      ),
    );
  });
});
