import { describe, expect, it } from '@jest/globals';
import { createCaptionWriter } from './caption-writer.ts';
import { transcription } from './transcription.fixture.ts';

function open(part: { readonly isLive?: boolean; readonly channels?: number; readonly hasWords?: boolean } = {}) {
  const written: string[] = [];
  const sink = { write: (text: string) => written.push(text) };
  const writer = createCaptionWriter({
    finals: sink,
    live: part.isLive === false ? undefined : sink,
    columns: () => 80,
    isColoured: false,
    channels: part.channels ?? 1,
    hasWords: part.hasWords ?? false,
  });
  return { writer, written };
}

/** What is on a terminal in the end: finished lines, and the text of the last one. */
function onTerminal(written: readonly string[]): string[] {
  return written
    .join('')
    .split('\n')
    .map((line) => line.split('\r\x1b[2K').at(-1) ?? '');
}

describe('createCaptionWriter', () => {
  it('replaces interims in place and keeps finals', () => {
    const { writer, written } = open();
    writer.show(transcription({ text: 'hel', revision: 1 }));
    writer.show(transcription({ text: 'hello', revision: 2 }));
    expect(onTerminal(written)).toEqual(['hello']);
    writer.show(transcription({ text: 'Hello.', is_final: true }));
    writer.show(transcription({ text: 'how', segment_id: 1, revision: 1 }));
    expect(onTerminal(written)).toEqual(['Hello.', 'how']);
    writer.close();
    expect(onTerminal(written)).toEqual(['Hello.', '']);
  });

  it('writes plain lines of finals only where there is no terminal', () => {
    const { writer, written } = open({ isLive: false });
    writer.progress({ sentMs: 100, totalMs: 1000 });
    writer.show(transcription({ text: 'hel', revision: 1 }));
    writer.show(transcription({ text: 'Hello.', is_final: true }));
    writer.close();
    expect(written).toEqual(['Hello.\n']);
  });

  it('says which channel spoke where there are two', () => {
    const { writer, written } = open({ isLive: false, channels: 2 });
    writer.show(transcription({ text: 'Hello.', channel: 1, is_final: true }));
    expect(written).toEqual(['[1] Hello.\n']);
  });

  it('shows word times below the caption when asked', () => {
    const { writer, written } = open({ isLive: false, hasWords: true });
    const words = [{ word: 'Hello.', start_ms: 320, end_ms: 800, confidence: null }];
    writer.show(transcription({ text: 'Hello.', is_final: true, words }));
    expect(written).toEqual(['Hello.\n    0.32 Hello.\n']);
  });
});
