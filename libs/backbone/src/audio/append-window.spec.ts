import { describe, expect, it } from '@jest/globals';
import { createAppendWindow, type PendingEntry } from './append-window.ts';

function entry(bytes: number): PendingEntry {
  return { streamId: '1-0', fields: ['d', Buffer.alloc(bytes), 'b', '0'], bytes, position: undefined };
}

describe('the append window', () => {
  it('counts the bytes that wait', () => {
    const window = createAppendWindow();
    window.push(entry(10));
    window.push(entry(5));
    expect(window.bytes).toBe(15);
    window.acknowledge();
    expect(window.bytes).toBe(5);
    expect(window.first()?.bytes).toBe(5);
  });

  it('is drained when what was pushed before is stored, whatever comes later', async () => {
    const window = createAppendWindow();
    await window.drained();
    window.push(entry(1));
    let isDrained = false;
    const drained = window.drained().then(() => (isDrained = true));
    window.push(entry(2));
    await Promise.resolve();
    expect(isDrained).toBe(false);
    window.acknowledge();
    await drained;
  });

  it('tells everybody who waits, now or later, that nothing more will be stored', async () => {
    const window = createAppendWindow();
    window.push(entry(1));
    const waiting = window.drained();
    window.fail(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(window.drained()).rejects.toThrow('gone');
  });
});
