import { describe, expect, it } from '@jest/globals';
import type { Seq } from '@verbatim/protocol';
import { endsSession, eventText, retryText } from './event-text.ts';

describe('an event', () => {
  it('has the seq of a durable message as its id, its type as its name and its very JSON as data', () => {
    const json = '{"type":"transcription","text":"a\\nb","seq":7}';
    expect(eventText(json, 7 as Seq)).toBe(`id: 7\nevent: transcription\ndata: ${json}\n\n`);
  });

  it('has no id when the message is not stored', () => {
    expect(eventText('{"seq":3,"type":"speech_started"}')).toBe(
      'event: speech_started\ndata: {"seq":3,"type":"speech_started"}\n\n',
    );
  });

  it('is not taken in by a transcript that talks of messages', () => {
    const json = JSON.stringify({ text: '"type":"session_ended"', type: 'transcription' });
    expect(endsSession(json)).toBe(false);
    expect(eventText(json)).toContain('event: transcription\n');
    expect(endsSession('{"type":"session_ended","seq":3}')).toBe(true);
  });
});

it('tells a browser in whole milliseconds when to come back', () => {
  expect(retryText(1234.5)).toBe('retry: 1235\n\n');
});
