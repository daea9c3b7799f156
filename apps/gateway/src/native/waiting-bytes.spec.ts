import { describe, expect, it } from '@jest/globals';
import { createWaitingBytes } from './waiting-bytes.ts';

function waiting(...frames: readonly (string | { readonly mark: 'finalize' | 'end' })[]) {
  const line = createWaitingBytes();
  for (const frame of frames) {
    if (typeof frame === 'string') line.push({ kind: 'bytes', bytes: Buffer.from(frame) });
    else line.push({ kind: 'mark', control: frame.mark });
  }
  return line;
}

function takeAll(line: ReturnType<typeof createWaitingBytes>, pieceBytes?: number): string[] {
  const taken: string[] = [];
  for (let item = line.take(pieceBytes); item !== undefined; item = line.take(pieceBytes)) {
    taken.push(item.kind === 'mark' ? item.control : Buffer.from(item.bytes).toString());
  }
  return taken;
}

describe('bytes that wait for a decoder', () => {
  it('come in pieces of one size, whatever the frames were, and never across a mark', () => {
    const line = waiting('abc', 'defgh', { mark: 'finalize' }, 'i', { mark: 'end' });
    expect(takeAll(line, 4)).toEqual(['abcd', 'efgh', 'finalize', 'i', 'end']);
    expect(line.bytes).toBe(0);
  });

  it('stay as they came when each frame is a packet', () => {
    expect(takeAll(waiting('abc', 'd', { mark: 'end' }))).toEqual(['abc', 'd', 'end']);
  });

  it('count marks too, so that nobody can pile them up', () => {
    const line = waiting({ mark: 'finalize' }, { mark: 'finalize' });
    expect(line.bytes).toBe(128);
    line.take();
    line.clear();
    expect(line.bytes).toBe(0);
  });
});
