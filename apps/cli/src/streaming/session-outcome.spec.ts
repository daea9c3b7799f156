import { describe, expect, it } from '@jest/globals';
import { ERROR_TABLE, type ErrorMessage, type SessionEnded } from '@verbatim/protocol';
import { exitCodeOf } from '../exit-codes.ts';
import { judgeEnding } from './session-outcome.ts';

const ended: SessionEnded = {
  type: 'session_ended',
  session_id: 's',
  text: 'Hello.',
  confidence: null,
  language: 'en',
  audio_ms: 1000,
  segments: 1,
  reason: 'client_end',
  seq: 2,
};

const overloaded: ErrorMessage = {
  type: 'error',
  error: 'No capacity for another session right now.',
  timestamp: 1,
  code: 'overloaded',
  retryable: true,
  retry_after_ms: 4200,
  request_id: 'r',
};

const close = (code: number) => ({ code, reason: '' });

describe('judgeEnding', () => {
  it('is content with a session that ended', () => {
    expect(judgeEnding({ ended, error: undefined, close: close(1000) })).toEqual({ exitCode: 0, complaint: undefined });
  });

  it('hands on the sentence of the gateway and when to try again', () => {
    expect(judgeEnding({ ended: undefined, error: overloaded, close: close(4100) })).toEqual({
      exitCode: 75,
      complaint: 'No capacity for another session right now. (try again in 5 s)',
    });
  });

  it('reads the close code where no message came', () => {
    const outcome = judgeEnding({ ended: undefined, error: undefined, close: close(4103) });
    expect(outcome.exitCode).toBe(69);
    expect(outcome.complaint).toContain(ERROR_TABLE.provider_unavailable.meaning);
  });

  it('says that the connection was lost when the socket just ended', () => {
    const outcome = judgeEnding({ ended: undefined, error: undefined, close: close(1006) });
    expect(outcome).toMatchObject({ exitCode: 75, complaint: expect.stringContaining('lost') });
  });

  it('gives every error that asks to back off or reconnect a code that a script may retry, bar defects and missing recognisers', () => {
    const retried = Object.entries(ERROR_TABLE).filter(([, { action }]) => action !== 'stop');
    const codes = new Set(retried.map(([code]) => exitCodeOf(code as keyof typeof ERROR_TABLE)));
    expect([...codes].sort()).toEqual([69, 70, 75]);
  });
});
