import { describe, expect, it } from '@jest/globals';
import type { ProviderName, ServerMessage } from '@verbatim/protocol';
import { createProviderTrace } from './provider-trace.ts';

const text = (provider: ProviderName, isFinal: boolean) =>
  ({ type: 'transcription', text: 'w1', provider, is_final: isFinal, start_ms: 0, end_ms: 1500 }) as ServerMessage;
const status = { type: 'session_status', state: 'degraded' } as unknown as ServerMessage;

describe('the trace of recognisers', () => {
  it('tells who served what, and how long after a fault another one did', () => {
    let nowMs = 0;
    const trace = createProviderTrace(() => nowMs);
    trace.onMessage(text('google', true));
    expect(trace.current()).toBe('google');
    nowMs = 1000;
    trace.onMessage(text('google', false));
    nowMs = 1200;
    trace.onMessage(status);
    expect(trace.firstTextElsewhere(900, 'google')).toBeUndefined();
    nowMs = 1700;
    trace.onMessage(text('whisper', true));
    trace.onMessage(text('whisper', true));
    expect(trace.firstTextElsewhere(900, 'google')).toBe(800);
    expect(trace.firstStatus(900)).toBe(300);
    expect(trace.current()).toBe('whisper');
    expect([trace.servedMs('google'), trace.servedMs('whisper'), trace.servedMs('ledger')]).toEqual([1500, 3000, 0]);
  });

  it.each([
    ['from the text that was due next', 3200, 1300],
    ['from the fault where text was due before it', 4200, 800],
  ])('tells how long text was missing: %s', (_name, faultAtMs, expectedMs) => {
    let nowMs = 0;
    const trace = createProviderTrace(() => nowMs);
    const hear = (atMs: number, provider: ProviderName): void => {
      nowMs = atMs;
      trace.onMessage(text(provider, false));
    };
    for (const atMs of [0, 700, 3000]) hear(atMs, 'google');
    expect(trace.missedTextFor(faultAtMs, 'google', 700)).toBeUndefined();
    hear(5000, 'whisper');
    expect(trace.missedTextFor(faultAtMs, 'google', 700)).toBe(expectedMs);
  });
});
