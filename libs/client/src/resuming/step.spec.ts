import { describe, expect, it } from '@jest/globals';
import { SttError, type ErrorMessage } from '@verbatim/protocol';
import { nextDueMs } from './due.ts';
import type { StreamEffect } from './stream-events.ts';
import { hasRoom } from './stream-state.ts';
import { ack, createOpenStream, createStream, ended, final, inWords, resumed, started } from './stream.fixture.ts';

function errorMessage(code: ErrorMessage['code'], retryAfterMs: number | null = null): ErrorMessage {
  const error = `About ${code}.`;
  return { type: 'error', error, timestamp: 1, code, retryable: true, retry_after_ms: retryAfterMs, request_id: 'r' };
}

function outcomeOf(effects: readonly StreamEffect[]) {
  return effects.find((effect) => effect.kind === 'Finish')?.outcome;
}

/** Loses the connection, waits as long as it must, and is back. */
function resumeAt(stream: ReturnType<typeof createOpenStream>, audioBytes: number) {
  stream.lose(1006);
  stream.pass(nextDueMs(stream.state()) - stream.nowMs());
  return inWords(stream.receive(resumed(audioBytes)));
}

describe('the audio of a stream', () => {
  it('is kept from the first call on and sent once the session has started', () => {
    const stream = createStream();
    expect(inWords(stream.happen({ kind: 'Started' }))).toEqual(['connect 0']);
    expect(stream.offer(300)).toEqual([]);
    expect(inWords(stream.receive(started()))).toEqual(['deliver session_started', 'audio 0–300']);
    expect(inWords(stream.offer(200))).toEqual(['audio 300–500']);
  });

  it('goes on where the gateway says, before an earlier acknowledgement too', () => {
    const stream = createOpenStream();
    stream.offer(900);
    stream.receive(ack(800));
    stream.lose(1006);
    stream.offer(50);
    stream.pass(500);
    expect(inWords(stream.receive(resumed(400)))).toEqual(['deliver session_resumed', 'audio 400–950']);
    expect(stream.state().audio.acknowledgedBytes).toBe(400);
  });

  it('is forgotten only so far behind the acknowledgement', () => {
    const stream = createOpenStream({ keepBytes: 100 });
    stream.offer(900);
    expect(inWords(stream.receive(ack(80)))).toEqual(['deliver ack']);
    expect(inWords(stream.receive(ack(800)))).toEqual(['trim 700', 'deliver ack']);
  });

  it('waits at its bound until it is acknowledged, connected or not', () => {
    const stream = createOpenStream();
    stream.offer(999);
    expect(hasRoom(stream.state())).toBe(true);
    stream.offer(1);
    expect(hasRoom(stream.state())).toBe(false);
    stream.receive(ack(1));
    expect(hasRoom(stream.state())).toBe(true);
  });

  it('fails clearly when the gateway asks for what is not kept any more', () => {
    const stream = createOpenStream({ keepBytes: 100 });
    stream.offer(900);
    stream.receive(ack(800));
    expect(resumeAt(stream, 600)).toEqual(['deliver session_resumed']);
    expect(inWords(stream.pass(2_000))).toEqual(['disconnect', 'failed resume_unrecoverable']);
  });

  it('is not asked for when the session turns out to be over', () => {
    const stream = createOpenStream({ keepBytes: 100 });
    stream.offer(900);
    stream.receive(ack(800));
    expect(resumeAt(stream, 0)).toEqual(['deliver session_resumed']);
    expect(inWords(stream.receive(ended(1)))).toEqual(['deliver 1']);
    expect(inWords(stream.lose(1000))).toEqual(['ended']);
  });

  it("that the gateway has and this client never sent is somebody else's", () => {
    const stream = createOpenStream();
    expect(resumeAt(stream, 1)).toEqual(['disconnect', 'failed resume_unrecoverable']);
  });
});

describe('requests for finals', () => {
  it('stand at their place in the audio', () => {
    const stream = createStream();
    stream.happen({ kind: 'Started' });
    stream.offer(300);
    stream.happen({ kind: 'FinalizeAsked' });
    stream.happen({ kind: 'FinalizeAsked' });
    stream.offer(200);
    stream.happen({ kind: 'EndAsked' });
    const sent = inWords(stream.receive(started())).slice(1);
    expect(sent).toEqual(['audio 0–300', 'finalize', 'audio 300–500', 'end']);
  });

  it('are asked again where the gateway may not have them, and not where it must', () => {
    const stream = createOpenStream();
    for (const bytes of [100, 100, 100]) {
      stream.offer(bytes);
      stream.happen({ kind: 'FinalizeAsked' });
    }
    stream.happen({ kind: 'EndAsked' });
    expect(resumeAt(stream, 200)).toEqual(['deliver session_resumed', 'finalize', 'audio 200–300', 'finalize', 'end']);
  });
});

describe('durable messages', () => {
  it('are delivered once: what the client has is left out after a resume', () => {
    const stream = createOpenStream();
    stream.receive(final(1));
    stream.receive(final(2));
    stream.lose(4203);
    expect(inWords(stream.pass(1_000))).toEqual(['connect 0 token-1 after 2']);
    stream.receive(resumed(0));
    const again = [2, 1, 3, 3].map((seq) => inWords(stream.receive(final(seq))));
    expect(again).toEqual([[], [], ['deliver 3'], []]);
  });

  it('with a hole before them are fetched from the log by a resume', () => {
    const stream = createOpenStream();
    stream.receive(final(1));
    expect(inWords(stream.receive(final(3)))).toEqual(['disconnect']);
    expect(inWords(stream.pass(1_000))).toEqual(['connect 0 token-1 after 1']);
  });

  it('do not hold up interims', () => {
    const stream = createOpenStream();
    expect(inWords(stream.receive(final(0, { is_final: false })))).toEqual(['deliver 0']);
  });

  it('are not followed by interims of the text before them, which a failover of Redis makes again', () => {
    const stream = createOpenStream();
    stream.receive(final(1));
    stream.receive(final(2));
    const interims = [1, 2].map((seq) => inWords(stream.receive(final(seq, { is_final: false }))));
    expect(interims).toEqual([[], ['deliver 2']]);
  });
});

describe('a close', () => {
  it.each([
    [1000, 'ended'],
    [1009, 'failed message_too_big'],
    [1002, 'failed bad_request'],
    [4001, 'failed unauthorized'],
    [4011, 'failed session_replaced'],
    [4014, 'failed resume_unrecoverable'],
    [4077, 'failed bad_request'],
  ])('with %i is the end: %s', (code, outcome) => {
    expect(inWords(createOpenStream().lose(code))).toEqual([outcome]);
  });

  it.each([
    [1006, 250],
    [1001, 250],
    [1012, 250],
    [4200, 1_000],
    [4203, 1_000],
    [4100, 375],
    [4106, 375],
    [4999, 250],
  ])('with %i is followed by a resume after %i ms, of a middling chance', (code, delayMs) => {
    const stream = createOpenStream();
    expect(inWords(stream.lose(code))).toEqual([]);
    expect(nextDueMs(stream.state())).toBe(delayMs);
    expect(inWords(stream.pass(delayMs))).toEqual(['connect 0 token-1 after 0']);
  });

  it('after session_ended is the end, whatever its code', () => {
    const stream = createOpenStream();
    stream.receive(ended(1));
    expect(outcomeOf(stream.lose(1006))).toEqual({ kind: 'ended', ended: ended(1) });
  });

  it('waits at least as long as the gateway asks', () => {
    const stream = createOpenStream();
    stream.receive(errorMessage('overloaded', 4_000));
    stream.lose(4100);
    expect(nextDueMs(stream.state())).toBe(4_000);
  });

  it('has the reason that the gateway gave, which is then no message', () => {
    const stream = createOpenStream();
    expect(stream.receive(errorMessage('audio_undecodable'))).toEqual([]);
    const outcome = outcomeOf(stream.lose(4009));
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'About audio_undecodable.' } });
  });
});

describe('an error message', () => {
  it('that no close follows is for the reader', () => {
    const stream = createOpenStream();
    stream.receive(errorMessage('bad_request'));
    expect(inWords(stream.receive(ack(0)))).toEqual(['deliver error', 'deliver ack']);
    stream.receive(errorMessage('bad_request'));
    expect(inWords(stream.lose(4200))).toEqual(['deliver error']);
  });
});

describe('coming back', () => {
  it('takes longer from try to try, and starts anew after 30 s that held', () => {
    const stream = createOpenStream();
    const delays = [1006, 1006, 1006, 1006].map((code) => {
      stream.lose(code);
      const delayMs = nextDueMs(stream.state()) - stream.nowMs();
      stream.pass(delayMs);
      return delayMs;
    });
    expect(delays).toEqual([250, 375, 750, 1_500]);
    stream.receive(resumed(0));
    stream.pass(29_999);
    stream.lose(1006);
    expect(nextDueMs(stream.state()) - stream.nowMs()).toBe(3_000);
    stream.pass(3_000);
    stream.receive(resumed(0));
    stream.pass(30_000);
    stream.lose(1006);
    expect(nextDueMs(stream.state()) - stream.nowMs()).toBe(250);
  });

  it('tries the next address each time', () => {
    const stream = createOpenStream({ urlCount: 2 });
    const tried = [1006, 1006, 1006].flatMap((code) => {
      stream.lose(code);
      return inWords(stream.pass(nextDueMs(stream.state()) - stream.nowMs()));
    });
    expect(tried.map((words) => words.slice(0, 9))).toEqual(['connect 1', 'connect 0', 'connect 1']);
  });

  it('is given up when the resume window has passed, with the reason of the last try', () => {
    const stream = createOpenStream({}, { resume_window_s: 1 });
    for (let tries = 0; tries < 4 && stream.state().phase.kind !== 'over'; tries += 1) {
      stream.lose(4104);
      if (stream.state().phase.kind === 'over') break;
      stream.pass(nextDueMs(stream.state()) - stream.nowMs());
    }
    expect(stream.nowMs()).toBe(1_000);
    expect(stream.state().phase).toMatchObject({
      kind: 'over',
      outcome: { error: { code: 'resume_unrecoverable', message: expect.stringContaining('Redis') as unknown } },
    });
  });

  it('is given up too when every resume is followed by a close without anything between them', () => {
    const stream = createOpenStream({}, { resume_window_s: 10 });
    for (let tries = 0; tries < 100; tries += 1) {
      stream.lose(4105);
      if (stream.state().phase.kind === 'over') break;
      stream.pass(nextDueMs(stream.state()) - stream.nowMs());
      stream.receive(resumed(0, { resume_window_s: 10 }));
    }
    expect(stream.state().phase.kind).toBe('over');
    expect(stream.nowMs()).toBe(10_000);
  });

  it.each([
    ['another epoch', { epoch: 'e2' }],
    ['recovered: false', { recovered: false }],
    ['another session', { session_id: 's01-f' }],
  ])('never takes %s for the same session', (_what, part) => {
    const stream = createOpenStream();
    stream.lose(1006);
    stream.pass(250);
    expect(inWords(stream.receive(resumed(0, part)))).toEqual(['disconnect', 'failed resume_unrecoverable']);
  });

  it('uses the newest token', () => {
    const stream = createOpenStream();
    resumeAt(stream, 0);
    stream.lose(4203);
    expect(inWords(stream.pass(1_000))).toEqual(['connect 0 token-2 after 0']);
  });
});

describe('the first connection', () => {
  it('is tried once at each address, at once', () => {
    const stream = createStream({ urlCount: 2 });
    stream.happen({ kind: 'Started' });
    stream.lose(1006);
    expect(inWords(stream.pass(0))).toEqual(['connect 1']);
    expect(inWords(stream.lose(4100))).toEqual(['failed overloaded']);
  });

  it('is tried again while there is time for it', () => {
    const stream = createStream({ openWithinMs: 1_000 });
    stream.happen({ kind: 'Started' });
    stream.lose(1006);
    expect(inWords(stream.pass(250))).toEqual(['connect 0']);
    stream.lose(1006);
    stream.pass(750);
    expect(inWords(stream.lose(1006))).toEqual(['failed ping_timeout']);
  });

  it('fails with what is known beyond the close code', () => {
    const stream = createStream();
    stream.happen({ kind: 'Started' });
    const failure = new SttError('not_found', 'Nobody there.');
    const effects = stream.happen({ kind: 'LinkClosed', close: { code: 1006, reason: '', failure } });
    expect(outcomeOf(effects)).toEqual({ kind: 'failed', error: failure });
  });

  it('fails when no session starts in time', () => {
    const stream = createStream();
    stream.happen({ kind: 'Started' });
    expect(inWords(stream.pass(10_000))).toEqual(['disconnect', 'failed overloaded']);
  });
});

describe('an open connection', () => {
  it('is left for another replica soon after go_away, and works until then', () => {
    const stream = createOpenStream({ urlCount: 2 });
    stream.happen({ kind: 'MessageReceived', message: { type: 'go_away', time_left_ms: 1_000 } }, 0.5);
    stream.offer(100);
    expect(stream.pass(249)).toEqual([]);
    expect(inWords(stream.pass(1))).toEqual(['disconnect', 'connect 1 token-1 after 0']);
    expect(inWords(stream.receive(resumed(0)))).toEqual(['deliver session_resumed', 'audio 0–100']);
  });

  it('is given up when the gateway owes an answer and says nothing for 30 s', () => {
    const stream = createOpenStream();
    stream.pass(20_000);
    stream.offer(100);
    stream.pass(29_999);
    expect(inWords(stream.pass(1))).toEqual(['disconnect']);
    expect(stream.state().phase.kind).toBe('waiting');
  });

  it('is kept as long as the gateway says anything', () => {
    const stream = createOpenStream();
    stream.offer(100);
    stream.pass(20_000);
    stream.receive({ type: 'session_status', state: 'degraded', lag_ms: 5, provider: 'ledger', reason: 'r' });
    expect(stream.pass(29_999)).toEqual([]);
  });

  it('is kept alive while nothing is sent', () => {
    const stream = createOpenStream();
    expect(inWords(stream.pass(60_000))).toEqual(['keepalive']);
    expect(stream.pass(59_999)).toEqual([]);
    expect(inWords(stream.pass(1))).toEqual(['keepalive']);
  });
});

describe('a stream that is over', () => {
  it('takes nothing any more', () => {
    const stream = createOpenStream();
    expect(inWords(stream.happen({ kind: 'CloseAsked' }))).toEqual(['disconnect', 'closed']);
    expect(stream.offer(5)).toEqual([]);
    expect(stream.receive(final(1))).toEqual([]);
    expect(nextDueMs(stream.state())).toBe(Infinity);
  });

  it('ends when nobody reads', () => {
    expect(inWords(createOpenStream().happen({ kind: 'ReaderOverrun' }))).toEqual([
      'disconnect',
      'failed slow_consumer',
    ]);
  });
});
