import { describe, expect, it } from '@jest/globals';
import type { TextListener } from '@verbatim/backbone';
import type { Seq, SessionId } from '@verbatim/protocol';
import { TextWait, type TextWaitParts } from './text-wait.ts';

const SESSION_ID = `s07-${'a'.repeat(32)}` as SessionId;

/** So long that only what is heard can end the waiting in time. */
const LONG_MS = 60_000;

async function openWait(parts: Partial<TextWaitParts> = {}) {
  let listener: TextListener | undefined;
  let stops = 0;
  const wait = new TextWait({
    ...{ sessionId: SESSION_ID, afterSeq: 0 as Seq, fromMs: 1000, untilEnd: false, lookMs: 100 },
    backbone: {
      observe: async (_sessionId, _afterSeq, its) => {
        listener = its;
        return { look: () => undefined, stop: () => void (stops += 1) };
      },
    },
    ...parts,
  });
  await wait.open();
  const never = new AbortController().signal;
  return { wait, told: () => listener as TextListener, stops: () => stops, never };
}

function text(endMs: number, isFinal: boolean, segmentId = 0): string {
  return JSON.stringify({
    ...{ type: 'transcription', text: `until ${endMs}`, is_final: isFinal, confidence: null, language: 'en' },
    ...{ timestamp: '2025-09-19T18:14:07', session_id: SESSION_ID, seq: 1, segment_id: segmentId, revision: 0 },
    ...{ start_ms: 0, end_ms: endMs, channel: 0, provider: 'local', speech_final: isFinal, stable_chars: 0 },
  });
}

const ENDED = JSON.stringify({
  ...{ type: 'session_ended', session_id: SESSION_ID, text: '', confidence: null, language: 'en', audio_ms: 0 },
  ...{ segments: 0, reason: 'client_end', seq: 2 },
});

describe('waiting for the text of a chunk', () => {
  it('ends with the first text that reaches into the chunk, not with text of the audio before it', async () => {
    const { wait, told, never } = await openWait();
    let isOver = false;
    const waiting = wait.wait(LONG_MS, never).then(() => (isOver = true));
    told().onTransient(text(1000, false));
    await Promise.resolve();
    expect(isOver).toBe(false);
    told().onTransient(text(1100, false));
    await waiting;
    expect(wait.interim?.text).toBe('until 1100');
  });

  it('waits for the end of the session when nothing less will do', async () => {
    const { wait, told, never } = await openWait({ untilEnd: true });
    let isOver = false;
    const waiting = wait.wait(LONG_MS, never).then(() => (isOver = true));
    told().onDurable({ seq: 1 as Seq, json: text(5000, true) });
    await Promise.resolve();
    expect(isOver).toBe(false);
    told().onDurable({ seq: 2 as Seq, json: ENDED });
    await waiting;
  });

  it('forgets an interim whose final has come', async () => {
    const { wait, told } = await openWait();
    told().onTransient(text(900, false, 3));
    told().onDurable({ seq: 1 as Seq, json: text(950, true, 3) });
    expect(wait.interim).toBeUndefined();
    told().onTransient(text(990, false, 4));
    told().onDurable({ seq: 2 as Seq, json: text(800, true, 3) });
    expect(wait.interim?.text).toBe('until 990');
  });

  it('ends when the session is gone, when nobody waits any more, and when the time is up', async () => {
    const gone = await openWait();
    const waiting = gone.wait.wait(LONG_MS, gone.never);
    gone.told().onGone('deleted');
    await waiting;
    const left = await openWait();
    const client = new AbortController();
    const leaving = left.wait.wait(LONG_MS, client.signal);
    client.abort();
    await leaving;
    const late = await openWait();
    await late.wait.wait(5, late.never);
  });

  it('stops listening when it is closed', async () => {
    const { wait, stops } = await openWait();
    wait.close();
    expect(stops()).toBe(1);
  });
});
