import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SttError } from '../errors/stt-error.ts';
import { parseStreamQuery } from './stream-query.ts';

const SESSION_ID = `s07-${'ab'.repeat(16)}`;
const RESUME = `session_id=${SESSION_ID}&resume_token=rt-1`;
/** Of processor time, generous; the linear parser needs well under 5 ms, a quadratic one needs seconds. */
const LONGEST_PARSE_MS = 100;

const parse = (query: string) => parseStreamQuery(new URLSearchParams(query));

function refusal(query: string | URLSearchParams): SttError {
  try {
    parseStreamQuery(new URLSearchParams(query));
  } catch (error) {
    if (error instanceof SttError) return error;
    throw error;
  }
  throw new Error(`accepted: ${String(query)}`);
}

describe('the query of /stt/stream', () => {
  it('opens with every default when nothing is given', () => {
    expect(parse('')).toEqual({
      kind: 'open',
      config: {
        language: 'en',
        sample_rate: 16000,
        chunk_size: 1024,
        encoding: 'pcm_s16le',
        channels: 1,
        interim_results: true,
        buffer_ms: 1000,
        overlap_ms: 200,
        endpointing_ms: 600,
        words: false,
      },
    });
  });

  it.each([
    ['language=auto', { language: 'auto' }],
    ['language=zh-Hant-TW', { language: 'zh-Hant-TW' }],
    ['provider=whisper', { provider: 'whisper' }],
    ['sample_rate=8000', { sample_rate: 8000 }],
    ['sample_rate=48000', { sample_rate: 48000 }],
    ['chunk_size=64', { chunk_size: 64 }],
    ['chunk_size=65536', { chunk_size: 65536 }],
    ['encoding=mulaw', { encoding: 'mulaw' }],
    ['channels=2', { channels: 2 }],
    ['interim_results=false', { interim_results: false }],
    ['overlap_ms=0', { overlap_ms: 0 }],
    ['endpointing_ms=100', { endpointing_ms: 100 }],
    ['endpointing_ms=5000', { endpointing_ms: 5000 }],
    ['words=true', { words: true }],
  ])('accepts %s', (query, expected) => {
    expect(parse(query)).toMatchObject({ kind: 'open', config: expected });
  });

  it.each([
    ['language=english', 'language', 'BCP-47'],
    ['language=', 'language', 'BCP-47'],
    ['language=en%00', 'language', 'BCP-47'],
    ['provider=siri', 'provider', 'local, whisper, google'],
    ['sample_rate=7999', 'sample_rate', 'a whole number from 8000 to 48000'],
    ['sample_rate=48001', 'sample_rate', '8000 to 48000'],
    ['sample_rate=44.1', 'sample_rate', '8000 to 48000'],
    ['sample_rate=16k', 'sample_rate', '8000 to 48000'],
    ['sample_rate=0x3E80', 'sample_rate', '8000 to 48000'],
    ['sample_rate=1e4', 'sample_rate', '8000 to 48000'],
    ['sample_rate=%2016000', 'sample_rate', '8000 to 48000'],
    ['sample_rate=', 'sample_rate', '8000 to 48000'],
    ['sample_rate=-16000', 'sample_rate', '8000 to 48000'],
    ['sample_rate=NaN', 'sample_rate', '8000 to 48000'],
    [`sample_rate=${'9'.repeat(400)}`, 'sample_rate', '8000 to 48000'],
    ['chunk_size=63', 'chunk_size', '64 to 65536'],
    ['chunk_size=65537', 'chunk_size', '64 to 65536'],
    ['encoding=mp3', 'encoding', 'pcm_s16le'],
    ['channels=0', 'channels', '1 to 2'],
    ['channels=3', 'channels', '1 to 2'],
    ['interim_results=1', 'interim_results', 'true, false'],
    ['interim_results=TRUE', 'interim_results', 'true, false'],
    ['buffer_ms=99', 'buffer_ms', '100 to 10000'],
    ['buffer_ms=10001', 'buffer_ms', '100 to 10000'],
    ['overlap_ms=-1', 'overlap_ms', '0 to 2000'],
    ['overlap_ms=2001', 'overlap_ms', '0 to 2000'],
    ['endpointing_ms=99', 'endpointing_ms', '100 to 5000'],
    ['endpointing_ms=5001', 'endpointing_ms', '100 to 5000'],
    ['words=yes', 'words', 'true, false'],
    ['session_id=s7', 'session_id', 'as session_started gave it'],
    [`session_id=${SESSION_ID}`, 'resume_token', 'it is missing'],
    ['resume_token=rt-1', 'session_id', 'it is missing'],
    ['last_seq=3', 'session_id', 'it is missing'],
    [`${RESUME}&last_seq=-1`, 'last_seq', 'a whole number from 0'],
    [`${RESUME}&last_seq=1.5`, 'last_seq', 'a whole number from 0'],
    [`session_id=${SESSION_ID}&resume_token=`, 'resume_token', 'the text that the server gave'],
    [`session_id=${SESSION_ID}&resume_token=${'x'.repeat(257)}`, 'resume_token', 'the text that the server gave'],
  ])('refuses %s, naming %s and what is allowed', (query, field, allowed) => {
    const error = refusal(query);
    expect(error).toMatchObject({ code: 'bad_request', field });
    expect(error.message).toContain(field);
    expect(error.message).toContain(allowed);
    expect(error.message.length).toBeLessThan(400);
  });

  it.each([
    ['samplerate=16000', 'did you mean sample_rate?'],
    ['lang=en', 'did you mean language?'],
    ['resume_tokn=x', 'did you mean resume_token?'],
    ['quite_something_else=1', 'known are language, provider'],
    ['__proto__=1', 'known are'],
    ['constructor=1', 'Unknown parameter "constructor"'],
    ['language%5B%5D=en', 'Unknown parameter "language[]"'],
  ])('names the parameter %s as unknown and helps: %s', (query, hint) => {
    const error = refusal(query);
    expect(error.code).toBe('bad_request');
    expect(error.message).toContain(hint);
  });

  it('refuses a parameter given twice, even with the same value', () => {
    expect(refusal('language=en&language=en')).toMatchObject({ code: 'bad_request', field: 'language' });
  });

  it('never repeats a resume token in a sentence', () => {
    const secret = `s3cr3t${'x'.repeat(300)}`;
    expect(refusal(`session_id=${SESSION_ID}&resume_token=${secret}`).message).not.toContain('s3cr3t');
  });

  it('resumes with the id, the token and the last seq, and leaves the opening parameters alone', () => {
    expect(parse(`${RESUME}&last_seq=9&language=fr`)).toEqual({
      kind: 'resume',
      resume: { sessionId: SESSION_ID, resumeToken: 'rt-1', lastSeq: 9 },
    });
    expect(parse(`${RESUME}&last_seq=-0`)).toMatchObject({ resume: { lastSeq: 0 } });
    expect(parse(RESUME)).toMatchObject({ resume: { lastSeq: 0 } });
  });

  it('answers or throws an SttError, whatever it is given, in a bounded time', () => {
    const name = fc.oneof(
      fc.constantFrom('language', 'sample_rate', 'words', 'session_id', 'resume_token', 'last_seq', '__proto__'),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .tuple(fc.constantFrom('a', '-', '9', '%', 'en-', '\u0000', '"'), fc.integer({ min: 1, max: 50_000 }))
        .map(([text, count]) => text.repeat(count).slice(0, 50_000)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (pairs) => {
        const query = new URLSearchParams(pairs);
        const before = process.cpuUsage();
        try {
          parseStreamQuery(query);
        } catch (error) {
          expect(error).toBeInstanceOf(SttError);
          expect((error as SttError).message.length).toBeLessThan(1000);
        }
        expect(process.cpuUsage(before).user / 1000).toBeLessThan(LONGEST_PARSE_MS);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['language', 'sample_rate', 'session_id', 'resume_token', 'x'.repeat(50_000)])(
    'judges 50 kB in the parameter %.20s in a few milliseconds',
    (name) => {
      const query = new URLSearchParams([[name, 'en-'.repeat(17_000)]]);
      const before = process.cpuUsage();
      expect(refusal(query).code).toBe('bad_request');
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(LONGEST_PARSE_MS);
    },
  );
});
