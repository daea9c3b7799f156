import { beforeEach, describe, expect, it } from '@jest/globals';
import { OutgoingQueue } from './outgoing-queue.ts';

describe('OutgoingQueue', () => {
  const socket = {
    bufferedAmount: 0,
    sent: [] as string[],
    send(text: string) {
      this.sent.push(text);
    },
  };
  let queue: OutgoingQueue;

  beforeEach(() => {
    socket.bufferedAmount = 0;
    socket.sent = [];
    queue = new OutgoingQueue(socket, { congestedBytes: 100, overflowBytes: 1000 });
  });

  it('sends everything while the client reads', () => {
    queue.sendTransient('i1');
    queue.sendDurable('f1');
    expect(socket.sent).toEqual(['i1', 'f1']);
    expect(queue.sentMessages).toBe(2);
  });

  it('keeps only the newest transient while the client does not read, and counts the others', () => {
    socket.bufferedAmount = 101;
    queue.sendTransient('i1');
    queue.sendTransient('i2');
    queue.sendTransient('i3');
    expect(socket.sent).toEqual([]);
    queue.flushWaiting();
    expect(socket.sent).toEqual([]);
    socket.bufferedAmount = 0;
    queue.flushWaiting();
    queue.flushWaiting();
    expect(socket.sent).toEqual(['i3']);
    expect(queue.droppedTransients).toBe(2);
  });

  it('keeps only the newest transient as soon as the pong is late, long before anything waits here', () => {
    queue.setPeerSilent(true);
    queue.sendTransient('i1');
    queue.sendTransient('i2');
    queue.flushWaiting();
    expect(socket.sent).toEqual([]);
    queue.setPeerSilent(false);
    queue.flushWaiting();
    expect(socket.sent).toEqual(['i2']);
  });

  it('never drops a durable message, and never sends an older transient after it', () => {
    socket.bufferedAmount = 101;
    queue.sendTransient('i1');
    queue.sendDurable('f1');
    socket.bufferedAmount = 0;
    queue.flushWaiting();
    expect(socket.sent).toEqual(['f1']);
  });

  it('never sends an older transient after a newer one', () => {
    socket.bufferedAmount = 101;
    queue.sendTransient('i1');
    socket.bufferedAmount = 0;
    queue.sendTransient('i2');
    queue.flushWaiting();
    expect(socket.sent).toEqual(['i2']);
  });

  it('says when more waits than is allowed', () => {
    socket.bufferedAmount = 1000;
    expect(queue.isOverflowing).toBe(false);
    socket.bufferedAmount = 1001;
    expect(queue.isOverflowing).toBe(true);
  });
});
