import { describe, expect, it } from '@jest/globals';
import { redactText, redactUrl } from './redact-url.ts';

describe('redactUrl', () => {
  it.each([
    ['/stt/stream', '/stt/stream'],
    ['/stt/stream?language=en&sample_rate=8000', '/stt/stream?language=en&sample_rate=8000'],
    [
      '/stt/stream?session_id=s07-1&resume_token=abc&last_seq=3',
      '/stt/stream?session_id=s07-1&resume_token=[redacted]&last_seq=3',
    ],
    ['/x?token=abc', '/x?token=[redacted]'],
    ['/x?access_token=abc#end', '/x?access_token=[redacted]#end'],
    ['/x?api_key=abc&apikey=def', '/x?api_key=[redacted]&apikey=[redacted]'],
    ['/x?resume%5Ftoken=abc', '/x?resume%5Ftoken=[redacted]'],
    ['/x?RESUME_TOKEN=abc', '/x?RESUME_TOKEN=[redacted]'],
    ['/x?resumeToken=a=b', '/x?resumeToken=[redacted]'],
    ['/x?%ZZ=1&token=abc', '/x?%ZZ=1&token=[redacted]'],
    ['wss://user:pass@host/stt/stream?language=en', 'wss://user:[redacted]@host/stt/stream?language=en'],
    ['redis://:pass@host:6379', 'redis://:[redacted]@host:6379'],
  ])('of %s is %s', (url, expected) => {
    expect(redactUrl(url)).toBe(expected);
  });
});

describe('redactText', () => {
  it.each([
    [
      'upgrade of /stt/stream?resume_token=abc&x=1 refused',
      'upgrade of /stt/stream?resume_token=[redacted]&x=1 refused',
    ],
    ['connect redis://app:pass@host failed', 'connect redis://app:[redacted]@host failed'],
    [
      'got {"type":"transcription","text":"hello \\"all\\" of you","seq":1}',
      'got {"type":"transcription","text":"[redacted]","seq":1}',
    ],
    ['cut off {"text":"hello all', 'cut off {"text":"[redacted]"'],
    ['the context is: 3 tokens', 'the context is: 3 tokens'],
  ])('of %s is %s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});
