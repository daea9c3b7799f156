import { describe, expect, it } from '@jest/globals';
import { audioEntryId, decodeEntry, isBefore, isSameEntry, markEntryId, sampleOfEntry } from './audio-entry.ts';

function fields(...items: string[]): Buffer[] {
  return items.map((item) => Buffer.from(item));
}

describe('an audio entry', () => {
  it('is audio under its end offset', () => {
    expect(audioEntryId(3200)).toBe('3200-0');
    expect(decodeEntry('3200-0', fields('d', 'pcm!', 'b', '6400'))).toEqual({
      ...{ kind: 'audio', streamId: '3200-0', endSample: 3200 },
      pcm: Buffer.from('pcm!'),
    });
  });

  it('is a mark behind the audio, never under the id of the opening entry or of an earlier connection', () => {
    expect(markEntryId(0, 1, 1)).toBe('0-2');
    expect(markEntryId(3200, 1, 2)).toBe('3200-3');
    expect(markEntryId(3200, 2, 1)).toBe('3200-1000002');
    expect(decodeEntry('3200-3', fields('c', 'end', 'b', '6400'))).toEqual({
      ...{ kind: 'control', streamId: '3200-3', atSample: 3200, control: 'end' },
    });
  });

  it('is passed over when it is the opening one or of a kind that is not known yet', () => {
    expect(decodeEntry('0-1', fields('c', 'open', 'b', '0'))).toBeUndefined();
    expect(decodeEntry('1600-0', fields('z', 'compressed', 'b', '0'))).toBeUndefined();
    expect(decodeEntry('1600-0', [])).toBeUndefined();
  });

  it('is the same only when every byte is', () => {
    const pcm = Buffer.from([1, 2, 3]);
    const written = ['d', pcm, 'b', '6'] as const;
    expect(isSameEntry([Buffer.from('d'), Buffer.from(pcm), Buffer.from('b'), Buffer.from('6')], written)).toBe(true);
    expect(isSameEntry([Buffer.from('d'), Buffer.from([1, 2, 4]), Buffer.from('b'), Buffer.from('6')], written)).toBe(
      false,
    );
    expect(isSameEntry([Buffer.from('d'), Buffer.from(pcm)], written)).toBe(false);
  });

  it('stands before another one by sample, then by count', () => {
    const inOrder = ['0-0', '0-1', '1600-0', '1600-2', '1600-10', '1600-1000002', '16000-0'];
    for (const [index, streamId] of inOrder.entries())
      expect(inOrder.map((other) => isBefore(streamId, other))).toEqual(inOrder.map((_, other) => index < other));
  });

  it('may be the mark of the reaper', () => {
    expect(decodeEntry('3200-1', fields('c', 'expire', 'b', '6400'))).toMatchObject({ control: 'expire' });
  });

  it('tells its sample', () => {
    expect(sampleOfEntry('57600000-12')).toBe(57_600_000);
  });
});
