import { describe, expect, it } from '@jest/globals';
import { ERROR_TABLE, SttError, type ErrorMessage, type SessionEnded } from '@verbatim/protocol';
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

const halfASample: ErrorMessage = {
  type: 'error',
  error: 'The audio ends in the middle of a sample.',
  timestamp: 1,
  code: 'audio_undecodable',
  retryable: false,
  retry_after_ms: null,
  request_id: 'r',
};

describe('judgeEnding', () => {
  it('says that the session was deleted under its client', () => {
    const deleted = { ...ended, text: '', reason: 'deleted' as const };
    expect(judgeEnding({ kind: 'ended', ended: deleted }, undefined)).toEqual({
      exitCode: exitCodeOf('internal_error'),
      complaint: 'Somebody deleted the session: its audio and its text are forgotten.',
    });
  });

  it('is content with a session that ended', () => {
    expect(judgeEnding({ kind: 'ended', ended }, undefined)).toEqual({ exitCode: 0, complaint: undefined });
  });

  it('hands on what the stream failed with and when to try again', () => {
    const error = new SttError('overloaded', 'No capacity right now.', { retryAfterMs: 4_200 });
    expect(judgeEnding({ kind: 'failed', error }, undefined)).toEqual({
      exitCode: 75,
      complaint: 'No capacity right now. (try again in 5 s)',
    });
  });

  it('hands on an error that did not end the session', () => {
    expect(judgeEnding({ kind: 'ended', ended }, halfASample)).toEqual({ exitCode: 65, complaint: halfASample.error });
  });

  it('says so when the session was closed without its last message', () => {
    expect(judgeEnding({ kind: 'ended', ended: undefined }, undefined)).toMatchObject({
      exitCode: 75,
      complaint: expect.stringContaining('before the transcript was complete') as unknown,
    });
  });

  it('gives every error that asks to back off or reconnect a code that a script may retry, bar defects and missing recognisers', () => {
    const retried = Object.entries(ERROR_TABLE).filter(([, { action }]) => action !== 'stop');
    const codes = new Set(retried.map(([code]) => exitCodeOf(code as keyof typeof ERROR_TABLE)));
    expect([...codes].sort()).toEqual([69, 70, 75]);
  });
});
