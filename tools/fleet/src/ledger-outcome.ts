import { ledgerWords } from '@verbatim/recognizers';
import type { ServerMessage } from '@verbatim/protocol';
import type { Resume } from './resume-clock.ts';

/** What counts of a server message when a ledger session is checked, in the order in which the client saw it. */
export type LedgerEvent =
  | { readonly type: 'final'; readonly seq: number; readonly text: string; readonly segmentId: number }
  | { readonly type: 'interim'; readonly segmentId: number }
  | { readonly type: 'ended'; readonly seq: number; readonly text: string; readonly reason: string };

/** What came back of a ledger session. */
export interface LedgerOutcome {
  /** Frames that were spoken: the words must be w1 … w<frames>. */
  readonly frames: number;
  readonly expected: string;
  /** Every final, interim and end, in the order they came. */
  readonly events: readonly LedgerEvent[];
  /** All finals joined, in the order they came. */
  readonly finals: string;
  /** `text` of `session_ended`. */
  readonly transcript: string | undefined;
  /** `seq` of every durable message, in the order they came. */
  readonly seqs: readonly number[];
  readonly interims: number;
  /** Audio that was acknowledged and asked for again all the same: a failover of Redis had lost it. */
  readonly reclaimedBytes: number;
  readonly closeCode: number;
  readonly errors: readonly string[];
  readonly resumes: readonly Resume[];
}

/** Collects what comes back, without keeping the texts of interims: a session may last for hours. */
export interface OutcomeRecord {
  take(message: ServerMessage): void;
  finish(end: LedgerEnd): LedgerOutcome;
}

export interface LedgerEnd extends Pick<LedgerOutcome, 'frames' | 'closeCode' | 'resumes'> {
  /** What ended it, where it was not its own end. */
  readonly error: string | undefined;
}

export function createOutcomeRecord(): OutcomeRecord {
  const events: LedgerEvent[] = [];
  const errors: string[] = [];
  const acknowledged = createAcknowledgedAudio();
  return {
    take(message) {
      acknowledged.take(message);
      const event = toLedgerEvent(message);
      if (event !== undefined) events.push(event);
      if (message.type === 'error') errors.push(`${message.code}: ${message.error}`);
    },
    finish({ frames, closeCode, resumes, error }) {
      const durable = events.filter((event) => event.type !== 'interim');
      const finals = durable.flatMap(({ type, text }) => (type === 'final' && text !== '' ? [text] : []));
      return {
        ...{ frames, events, closeCode, resumes },
        errors: error === undefined ? errors : [...errors, error],
        expected: ledgerWords(1, frames).join(' '),
        finals: finals.join(' '),
        transcript: durable.find(({ type }) => type === 'ended')?.text,
        seqs: durable.map(({ seq }) => seq),
        interims: events.length - durable.length,
        reclaimedBytes: acknowledged.reclaimedBytes(),
      };
    },
  };
}

/** Follows the position that is called safe, and how far it was taken back. */
function createAcknowledgedAudio() {
  let safeBytes = 0;
  let reclaimedBytes = 0;
  return {
    take(message: ServerMessage) {
      if (message.type === 'ack') safeBytes = message.audio_bytes;
      if (message.type !== 'session_resumed') return;
      reclaimedBytes += Math.max(0, safeBytes - message.audio_bytes);
      safeBytes = message.audio_bytes;
    },
    reclaimedBytes: () => reclaimedBytes,
  };
}

function toLedgerEvent(message: ServerMessage): LedgerEvent | undefined {
  if (message.type === 'session_ended') {
    const { seq, text, reason } = message;
    return { type: 'ended', seq, text, reason };
  }
  if (message.type !== 'transcription') return undefined;
  const { seq, text, segment_id: segmentId } = message;
  return message.is_final ? { type: 'final', seq, text, segmentId } : { type: 'interim', segmentId };
}
