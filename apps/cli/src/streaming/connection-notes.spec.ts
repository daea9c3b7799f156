import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { createConnectionNotes } from './connection-notes.ts';

const resuming = (attempt: number) =>
  ({ state: 'resuming', reason: new SttError('go_away', 'It goes.'), attempt, retryInMs: 0 }) as const;

function notesOf() {
  const written: string[] = [];
  const captions = { close: () => void written.push('line cleared') };
  const note = createConnectionNotes({ write: (text) => written.push(text) }, captions);
  return { written, note };
}

describe('createConnectionNotes', () => {
  it('says once that the connection was lost and once that it is back', () => {
    const { written, note } = notesOf();
    note(resuming(1));
    note(resuming(2));
    note({ state: 'open', isResumed: true });
    expect(written).toEqual([
      'line cleared',
      'Connection lost, resuming … (It goes.)\n',
      'line cleared',
      'Connection resumed.\n',
    ]);
  });

  it('says nothing of a connection that holds', () => {
    const { written, note } = notesOf();
    note({ state: 'connecting' });
    note({ state: 'open', isResumed: false });
    note({ state: 'closed', outcome: { kind: 'closed' } });
    expect(written).toEqual([]);
  });
});
