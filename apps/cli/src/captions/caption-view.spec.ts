import { describe, expect, it } from '@jest/globals';
import type { Transcription } from '@verbatim/protocol';
import { reduceCaptions, type CaptionView, type FinishedCaption } from './caption-view.ts';
import { transcription } from './transcription.fixture.ts';

function play(...messages: readonly Transcription[]): { view: CaptionView; finished: FinishedCaption[] } {
  let view: CaptionView = [];
  const finished: FinishedCaption[] = [];
  for (const message of messages) {
    const next = reduceCaptions(view, message);
    view = next.view;
    if (next.finished !== undefined) finished.push(next.finished);
  }
  return { view, finished };
}

const interim = (text: string, revision: number, segment = 0) =>
  transcription({ text, revision, segment_id: segment, is_final: false });
const final = (text: string, segment = 0) => transcription({ text, segment_id: segment, is_final: true });

describe('reduceCaptions', () => {
  it('replaces an interim by one of a higher revision', () => {
    const { view, finished } = play(interim('hel', 1), interim('hello', 2));
    expect(view[0]?.forming?.text).toBe('hello');
    expect(finished).toEqual([]);
  });

  it('leaves an interim of a lower or the same revision out', () => {
    expect(play(interim('hello', 2), interim('hel', 1)).view[0]?.forming?.text).toBe('hello');
    expect(play(interim('hello', 2), interim('other', 2)).view[0]?.forming?.text).toBe('hello');
  });

  it('clears the forming caption when its final comes', () => {
    const { view, finished } = play(interim('hel', 1), final('Hello.'));
    expect(view[0]?.forming).toBeUndefined();
    expect(finished.map(({ text }) => text)).toEqual(['Hello.']);
  });

  it('leaves an interim out that arrives after its final', () => {
    expect(play(final('Hello.'), interim('hell', 9)).view[0]?.forming).toBeUndefined();
  });

  it('keeps an interim of the next segment that overtook the final of this one', () => {
    expect(play(interim('hel', 1), interim('next', 1, 1), final('Hello.')).view[0]?.forming?.text).toBe('next');
  });

  it('keeps the channels apart', () => {
    const { view, finished } = play(
      transcription({ text: 'left', channel: 0, is_final: false, revision: 1 }),
      transcription({ text: 'right', channel: 1, is_final: false, revision: 1 }),
      transcription({ text: 'Left.', channel: 0, is_final: true }),
    );
    expect(view.map(({ forming }) => forming?.text)).toEqual([undefined, 'right']);
    expect(finished.map(({ text, channel }) => [channel, text])).toEqual([[0, 'Left.']]);
  });

  it('makes no caption of a final without words', () => {
    expect(play(final('')).finished).toEqual([]);
  });
});
