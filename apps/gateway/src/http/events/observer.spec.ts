import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { DurableMessage, TextListener } from '@verbatim/backbone';
import type { Seq, SessionId } from '@verbatim/protocol';
import { Observer } from './observer.ts';
import { DEFAULT_OBSERVER_LIMITS } from './observer-limits.ts';

const SESSION_ID = `s07-${'a'.repeat(32)}` as SessionId;
const LIMITS = { ...DEFAULT_OBSERVER_LIMITS, congestedBytes: 100, overflowBytes: 200 };

function final(seq: number, type = 'transcription'): DurableMessage {
  return { seq: seq as Seq, json: JSON.stringify({ type, seq }) };
}

/** An answer that takes what is written; what has not left yet is up to the test. */
class FakeAnswer extends EventEmitter {
  writableLength = 0;
  writableNeedDrain = false;
  readonly calls: string[] = [];

  write(text: string): boolean {
    this.calls.push(text.split('\n')[0] ?? '');
    return true;
  }
  end(): void {
    this.calls.push('end');
    this.emit('close');
  }
  destroy(): void {
    this.calls.push('destroy');
    this.emit('close');
  }
}

function createObserver(stored: readonly DurableMessage[] = []) {
  const answer = new FakeAnswer();
  const observed: { text?: TextListener; afterSeq?: number; looks: number; isStopped: boolean } = {
    looks: 0,
    isStopped: false,
  };
  const backbone = {
    readLog: (_id: SessionId, afterSeq: Seq, limit = Infinity) =>
      Promise.resolve(stored.filter(({ seq }) => seq > afterSeq).slice(0, limit)),
    observe: (_id: SessionId, afterSeq: Seq, text: TextListener) => {
      Object.assign(observed, { text, afterSeq });
      return Promise.resolve({ stop: () => (observed.isStopped = true), look: () => (observed.looks += 1) });
    },
  };
  const response = answer as unknown as ServerResponse;
  const parts = { backbone, response, sessionId: SESSION_ID, language: 'en', requestId: 'r1', limits: LIMITS };
  return { answer, observed, observer: new Observer(parts, 0 as Seq) };
}

describe('an observer', () => {
  it('is sent history page by page, and the next one only when the last has left', async () => {
    const { answer, observed, observer } = createObserver(Array.from({ length: 120 }, (_, index) => final(index + 1)));
    answer.writableNeedDrain = true;
    const starting = observer.start();
    await Promise.resolve();
    await new Promise(setImmediate);
    expect(answer.calls).toHaveLength(50);
    answer.writableNeedDrain = false;
    answer.emit('drain');
    await starting;
    expect(answer.calls).toHaveLength(120);
    expect(observed.afterSeq).toBe(120);
  });

  it('loses interims while it does not read, and is cut when finals pile up', async () => {
    const { answer, observed, observer } = createObserver();
    await observer.start();
    answer.writableLength = 150;
    observer.onTransient('{"type":"speech_started"}');
    observer.onDurable(final(1));
    expect(answer.calls).toEqual(['id: 1']);
    answer.writableLength = 250;
    observer.onDurable(final(2));
    expect(answer.calls).toEqual(['id: 1', 'id: 2', 'destroy']);
    expect(observed.isStopped).toBe(true);
  });

  it('is cut when nothing has left from one look to the next, and not when something has', async () => {
    const { answer, observer } = createObserver();
    await observer.start();
    answer.writableLength = 10;
    observer.onRound();
    answer.emit('drain');
    observer.onRound();
    expect(answer.calls).not.toContain('destroy');
    observer.onRound();
    expect(answer.calls.at(-1)).toBe('destroy');
  });

  it('looks for what the channel lost whenever a comment goes out', async () => {
    const { answer, observed, observer } = createObserver();
    await observer.start();
    observer.onRound();
    expect([observed.looks, answer.calls]).toEqual([1, [': keep-alive']]);
  });

  it.each([
    ['deleted', 'event: session_ended'],
    ['missing', 'event: error'],
  ] as const)('hears of a session that is %s, and no more after it', async (why, event) => {
    const { answer, observer } = createObserver();
    await observer.start();
    observer.onGone(why);
    observer.onDurable(final(1));
    observer.onTransient('{}');
    observer.onRound();
    observer.sendAway(1000);
    expect(answer.calls).toEqual([event, 'end']);
  });

  it('ends with the last message of the session, also when that is history', async () => {
    const { answer, observed, observer } = createObserver([final(1), final(2, 'session_ended')]);
    await observer.start();
    expect(answer.calls).toEqual(['id: 1', 'id: 2', 'end']);
    expect(observed.text).toBeUndefined();
  });

  it('that leaves while it is being let in is followed no longer', async () => {
    const { answer, observed, observer } = createObserver();
    const starting = observer.start();
    answer.emit('close');
    await starting;
    expect(observed.text === undefined || observed.isStopped).toBe(true);
  });
});
