import { describe, expect, it } from '@jest/globals';
import { SttError } from '../errors/stt-error.ts';
import { parseTranscriptQuery } from './transcript-query.ts';

describe('the query of a transcript', () => {
  it.each([
    ['', 'json'],
    ['format=text', 'text'],
    ['format=srt', 'srt'],
    ['format=vtt', 'vtt'],
  ])('%j asks for %s', (query, format) => {
    expect(parseTranscriptQuery(new URLSearchParams(query))).toEqual({ format });
  });

  it.each([
    ['format=docx', 'Parameter format: "docx" is not allowed; allowed: json, text, srt, vtt.'],
    ['format=', 'Parameter format: "" is not allowed; allowed: json, text, srt, vtt.'],
    ['fromat=srt', 'Unknown parameter "fromat": did you mean format?'],
    ['format=srt&format=vtt', 'Parameter format is given more than once; give it once.'],
  ])('%s is refused, and the sentence says what to do', (query, sentence) => {
    expect(() => parseTranscriptQuery(new URLSearchParams(query))).toThrow(new SttError('bad_request', sentence));
  });
});
