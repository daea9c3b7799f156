import { describe, expect, it } from '@jest/globals';
import { createMessageQueue } from './message-queue.ts';

function queueOf(mostMessages = 100) {
  const calls: string[] = [];
  const queue = createMessageQueue<number>({
    mostMessages,
    onFull: () => calls.push('full'),
    onRoom: () => calls.push('room'),
  });
  return { queue, calls };
}

async function readAll(queue: AsyncIterable<number>): Promise<number[]> {
  const read: number[] = [];
  for await (const message of queue) read.push(message);
  return read;
}

describe('createMessageQueue', () => {
  it('gives messages in order, those pushed before and those pushed while it is read', async () => {
    const { queue } = queueOf();
    queue.push(1);
    queue.push(2);
    const reading = readAll(queue);
    await Promise.resolve();
    queue.push(3);
    queue.end();
    expect(await reading).toEqual([1, 2, 3]);
  });

  it('keeps what waits when a loop is left, and gives it to the next', async () => {
    const { queue } = queueOf();
    for (const message of [1, 2, 3]) queue.push(message);
    for await (const message of queue) if (message === 2) break;
    queue.end();
    expect(await readAll(queue)).toEqual([3]);
  });

  it('throws its error to the reader once the rest is read, and to every later one', async () => {
    const { queue } = queueOf();
    queue.push(1);
    expect(queue.waitingMessages).toBe(1);
    queue.end(new Error('gone'));
    const reader = queue[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ value: 1, done: false });
    await expect(reader.next()).rejects.toThrow('gone');
    await expect(readAll(queue)).rejects.toThrow('gone');
  });

  it('throws its error to a reader that waits', async () => {
    const { queue } = queueOf();
    const reading = readAll(queue);
    queue.end(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
  });

  it('says when it is full and when there is room again', async () => {
    const { queue, calls } = queueOf(4);
    for (let message = 1; message <= 6; message += 1) queue.push(message);
    expect(calls).toEqual(['full']);
    const reader = queue[Symbol.asyncIterator]();
    for (let read = 0; read < 3; read += 1) await reader.next();
    expect(calls).toEqual(['full']);
    await reader.next();
    expect(calls).toEqual(['full', 'room']);
  });
});
