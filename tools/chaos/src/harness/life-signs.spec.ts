import { describe, expect, it } from '@jest/globals';
import type { ServerMessage } from '@verbatim/protocol';
import { createLifeSigns } from './life-signs.ts';

const ack = { type: 'ack', audio_bytes: 1 } as ServerMessage;
const status = (state: string) => ({ type: 'session_status', state }) as ServerMessage;
const text = (words: string) => ({ type: 'transcription', text: words }) as ServerMessage;

describe('life signs', () => {
  it('tell when a transcriber was heard again, and how long it was silent', () => {
    let nowMs = 0;
    const signs = createLifeSigns(() => nowMs);
    const at = (ms: number, message: ServerMessage) => {
      nowMs = ms;
      signs.onMessage(message);
    };
    at(100, text('w1'));
    at(1010, text('w1 w2'));
    at(1500, ack);
    at(1600, status('degraded'));
    expect(signs.firstAfter(1000, 50)).toBeUndefined();
    at(3200, text('w1 w2 w3'));
    expect(signs.firstAfter(1000, 50)).toBe(2200);
    expect(signs.longestSilence(1000, 4000)).toBe(2190);
    expect(signs.longestSilence(5000, 6000)).toBe(1000);
  });

  it('tell how often a new owner took over', () => {
    const signs = createLifeSigns(() => 100);
    for (const state of ['recovering', 'degraded', 'recovering']) signs.onMessage(status(state));
    expect(signs.recoveries()).toBe(2);
    expect(signs.firstAfter(0, 50)).toBe(100);
  });

  it('tell how late the newest word is, once for each', () => {
    let nowMs = 0;
    const signs = createLifeSigns(() => nowMs);
    for (const frame of [1, 2, 3]) {
      nowMs = frame * 100;
      signs.onFrame(frame);
    }
    nowMs = 450;
    signs.onMessage(text('w1 w2'));
    signs.onMessage(text('w1 w2'));
    nowMs = 500;
    signs.onMessage(text('w1 w2 w3'));
    expect(signs.wordDelays(0, 1000)).toEqual([250, 200]);
  });
});
