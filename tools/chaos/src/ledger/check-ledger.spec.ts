import { describe, expect, it } from '@jest/globals';
import type { LedgerEvent } from '@verbatim/fleet';
import fc from 'fast-check';
import { checkLedger, checkPrefix } from './check-ledger.ts';

const final = (seq: number, text: string): LedgerEvent => ({ type: 'final', seq, text, segmentId: seq });
const interim = (segmentId: number): LedgerEvent => ({ type: 'interim', segmentId });
const ended = (seq: number, text: string): LedgerEvent => ({ type: 'ended', seq, text, reason: 'client_end' });

const whole = 'w1 w2 w3 w4 w5 w6';
const right = [interim(1), final(1, 'w1 w2 w3'), interim(2), final(2, ''), final(3, 'w4 w5 w6'), ended(4, whole)];

function check(events: readonly LedgerEvent[]) {
  return checkLedger({ frames: 6, events }).map(({ kind, detail }) => `${kind}: ${detail}`);
}

describe('the ledger check', () => {
  it('has nothing to say of a session in which nothing went wrong', () => {
    expect(check(right)).toEqual([]);
  });

  it.each<[string, LedgerEvent[], string[]]>([
    [
      'a word that is missing in the finals',
      [final(1, 'w1 w2 w3'), final(2, 'w6'), ended(3, whole)],
      ['missing: w4–w5'],
    ],
    ['a word that came twice', [final(1, 'w1 w2 w3'), final(2, 'w3 w4 w5 w6'), ended(3, whole)], ['doubled: w3']],
    [
      'a word that is not of the ledger',
      [final(1, 'w1 w2 <damaged>'), final(2, 'w4 w5 w6'), ended(3, whole)],
      ['missing: w3', 'changed: <damaged>'],
    ],
    ['a word beyond what was spoken', [final(1, `${whole} w7`), ended(2, whole)], ['changed: w7']],
    [
      'words in the wrong order',
      [final(1, 'w4 w5 w6'), final(2, 'w1 w2 w3'), ended(3, whole)],
      ['out_of_order: w1 after w6, w2 after w6, w3 after w6'],
    ],
    ['a hole in seq', [final(1, 'w1 w2 w3'), final(3, 'w4 w5 w6'), ended(4, whole)], ['seq_gap: 3 after 1']],
    [
      'a durable message that came twice',
      [final(1, whole), final(1, whole), ended(2, whole)],
      ['doubled: w1–w6', 'seq_repeat: 1 after 1'],
    ],
    [
      'a final that was changed',
      [final(1, 'w1 w2 w3'), final(1, 'w4 w5 w6'), ended(2, whole)],
      ['seq_repeat: 1 after 1', 'changed: seq 1 came with two texts'],
    ],
    [
      'an interim behind a final',
      [final(1, 'w1 w2 w3'), interim(1), final(2, 'w4 w5 w6'), ended(3, whole)],
      ['interim: segment 1 after 1'],
    ],
    ['a transcript that differs', [final(1, whole), ended(2, 'w1 w2 w4 w5 w6')], ['transcript: missing: w3']],
    ['a session without an end', [final(1, whole)], ['end: session_ended came 0 times']],
    ['text after the end', [ended(1, whole), final(2, whole)], ['end: something came after it']],
  ])('finds %s', (_, events, expected) => {
    expect(check(events)).toEqual(expected);
  });

  it('shows the first few findings of a kind', () => {
    const twice = Array.from({ length: 20 }, (_, index) => `w${2 * index + 1} w${2 * index + 1}`).join(' ');
    const [, doubled] = checkLedger({ frames: 40, events: [final(1, twice)] });
    expect(doubled?.detail).toBe('w1, w3, w5, w7, w9, w11, w13, w15 and 12 more');
  });

  it('takes the beginning of the right text for a session that was given up, and nothing else', () => {
    const events = [final(1, 'w1 w2'), final(2, 'w3'), interim(3)];
    expect(checkPrefix({ frames: 6, events })).toEqual([]);
    expect(checkPrefix({ frames: 6, events: [final(1, 'w1 w2'), final(2, 'w4')] })).not.toEqual([]);
    expect(checkPrefix({ frames: 6, events: [final(2, 'w1')] })).not.toEqual([]);
  });

  it('finds every single removal, repetition and swap of a right record', () => {
    const durable = [final(1, 'w1'), final(2, 'w2'), final(3, 'w3 w4'), final(4, 'w5 w6'), ended(5, whole)];
    const at = fc.integer({ min: 0, max: durable.length - 1 });
    const broken = fc.oneof(
      at.map((index) => durable.filter((_, each) => each !== index)),
      at.map((index) => durable.flatMap((event, each) => (each === index ? [event, event] : [event]))),
      fc.integer({ min: 0, max: durable.length - 2 }).map((index) => swapped(durable, index)),
    );
    fc.assert(fc.property(broken, (events) => checkLedger({ frames: 6, events }).length > 0));
  });
});

function swapped(events: readonly LedgerEvent[], at: number): LedgerEvent[] {
  const before = events.slice(0, at);
  return [...before, ...events.slice(at, at + 2).reverse(), ...events.slice(at + 2)];
}
