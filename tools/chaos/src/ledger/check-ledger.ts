import type { LedgerEvent } from '@verbatim/fleet';
import { checkWords, violation, type Violation } from './check-words.ts';

/** A ledger session as its client lived it. */
export interface LedgerRecord {
  /** Frames that were spoken: the right text is w1 … w<frames>. */
  readonly frames: number;
  /** Every final, interim and end, in the order they came. */
  readonly events: readonly LedgerEvent[];
}

type Durable = Exclude<LedgerEvent, { readonly type: 'interim' }>;

/**
 * Checks a session that was spoken to its end: every word once, unchanged and in order; `seq` 1, 2, 3 … without gap or repeat; the
 * transcript the same text; no interim that stands behind a final. An empty list means that nothing was lost.
 */
export function checkLedger({ frames, events }: LedgerRecord): readonly Violation[] {
  const ended = events.filter((event) => event.type === 'ended');
  return [
    ...checkDelivery(frames, events),
    ...violation('end', ended.length === 1 ? [] : [`session_ended came ${ended.length} times`]),
    ...violation('end', ended.length > 0 && events.at(-1)?.type !== 'ended' ? ['something came after it'] : []),
    ...ended.flatMap(({ text }) => checkTranscript(text, frames)),
  ];
}

/**
 * Checks a session that was given up with a true answer: what it delivered is the right text up to some word, nothing beyond it.
 */
export function checkPrefix({ events }: LedgerRecord): readonly Violation[] {
  return checkDelivery(wordsOf(events).length, events);
}

function checkDelivery(frames: number, events: readonly LedgerEvent[]): readonly Violation[] {
  return [...checkWords(wordsOf(events), frames), ...checkSeqs(events.filter(isDurable)), ...checkInterims(events)];
}

function isDurable(event: LedgerEvent): event is Durable {
  return event.type !== 'interim';
}

function wordsOf(events: readonly LedgerEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'final' ? splitWords(event.text) : []));
}

function splitWords(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function checkSeqs(durable: readonly Durable[]): readonly Violation[] {
  const textOf = new Map<number, string>();
  const gaps: string[] = [];
  const repeats: string[] = [];
  const changed: string[] = [];
  let last = 0;
  for (const { seq, text } of durable) {
    const known = textOf.get(seq);
    if (known !== undefined && known !== text) changed.push(`seq ${seq} came with two texts`);
    if (seq > last + 1) gaps.push(`${seq} after ${last}`);
    if (seq <= last) repeats.push(`${seq} after ${last}`);
    textOf.set(seq, text);
    last = Math.max(last, seq);
  }
  return [...violation('seq_gap', gaps), ...violation('seq_repeat', repeats), ...violation('changed', changed)];
}

/** An interim of a segment whose final is there already would show old text after newer text. */
function checkInterims(events: readonly LedgerEvent[]): readonly Violation[] {
  const behind: string[] = [];
  let last = -1;
  for (const event of events) {
    if (event.type === 'interim' && event.segmentId <= last) behind.push(`segment ${event.segmentId} after ${last}`);
    if (event.type === 'final') last = Math.max(last, event.segmentId);
  }
  return violation('interim', behind);
}

function checkTranscript(text: string, frames: number): readonly Violation[] {
  const wrong = checkWords(splitWords(text), frames);
  return wrong.map(({ kind, detail }) => ({ kind: 'transcript', detail: `${kind}: ${detail}` }));
}
