import { describe, expect, it } from '@jest/globals';
import { createSessionId } from '@verbatim/protocol';
import { createResumeToken, createTokenSecret, verifyResumeToken } from './resume-tokens.ts';

const sessionId = createSessionId(7, new Uint8Array(16));
const key = { sessionId, secret: createTokenSecret() };

describe('a resume token', () => {
  it('names its connection and is the same each time it is made', () => {
    const token = createResumeToken(key, 12);
    expect(token).toMatch(/^12\.[\w-]{43}$/);
    expect(createResumeToken(key, 12)).toBe(token);
    expect(verifyResumeToken(key, token)).toBe(12);
  });

  it('is of no use for another session, under another secret or with another number', () => {
    const token = createResumeToken(key, 12);
    const other = createSessionId(8, new Uint8Array(16));
    expect(verifyResumeToken({ ...key, sessionId: other }, token)).toBeUndefined();
    expect(verifyResumeToken({ ...key, secret: createTokenSecret() }, token)).toBeUndefined();
    expect(verifyResumeToken(key, token.replace('12.', '13.'))).toBeUndefined();
  });

  it('is not any other text', () => {
    const [, signature = ''] = createResumeToken(key, 1).split('.');
    for (const text of [
      '',
      'made up',
      '1',
      '1.',
      `.${signature}`,
      `01.${signature}`,
      `-1.${signature}`,
      `1.${signature}x`,
    ])
      expect(verifyResumeToken(key, text)).toBeUndefined();
    expect(verifyResumeToken(key, `1e0.${signature}`)).toBeUndefined();
    expect(verifyResumeToken(key, `1.${signature.slice(0, -1)}.`)).toBeUndefined();
  });
});
