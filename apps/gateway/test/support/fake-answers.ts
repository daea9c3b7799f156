import type { AudioEntry, ClaimedSession, TranscriberSide } from '@verbatim/backbone';
import { toIsoTimestamp, type Seq } from '@verbatim/protocol';

/** A session that the fake transcriber answers, and how far it has come. */
export interface Answering {
  readonly session: ClaimedSession;
  cursor: string;
  seq: Seq;
  /** Every word of the session so far; the last ones may not be in a final yet. */
  words: readonly string[];
  committedWords: number;
  isOver: boolean;
}

/** A final after so many frames, or at a mark. */
const FINAL_EVERY_FRAMES = 10;

/** Goes on from the checkpoint of whoever held the session before. */
export function takeUp(session: ClaimedSession): Answering {
  const { cursor = '0-0', words = [] } = JSON.parse(session.checkpoint ?? '{}') as {
    cursor?: string;
    words?: string[];
  };
  return { session, cursor, seq: session.lastSeq, words, committedWords: words.length, isOver: false };
}

/**
 * Answers a 100 ms entry with the word `w<n>` where n is its first sample; commits a final every ten words and at each mark.
 * The session is over with its last mark, or when it is not this transcriber's any more.
 */
export async function answerEntry(
  side: TranscriberSide,
  one: Answering,
  entry: AudioEntry,
  phrase: string,
): Promise<void> {
  if (one.isOver) return;
  if (entry.kind === 'audio') {
    const words = [...one.words, `${phrase}w${entry.pcm.readInt16LE(0)}`];
    const isDue = words.length - one.committedWords >= FINAL_EVERY_FRAMES;
    if (isDue) await commit(side, one, { words, entry, sample: entry.endSample });
    else {
      const interim = transcription(one, { words, isFinal: false, seq: one.seq, sample: entry.endSample });
      side.publish(one.session.sessionId, one.session.fence, interim);
    }
    one.words = words;
  } else {
    const reason = entry.control === 'finalize' ? undefined : END_REASON[entry.control];
    await commit(side, one, { words: one.words, entry, sample: entry.atSample, reason });
  }
  one.cursor = entry.streamId;
}

const END_REASON = { end: 'client_end', expire: 'idle' } as const;

interface Answer {
  readonly words: readonly string[];
  readonly entry: AudioEntry;
  readonly sample: number;
  /** Given: the session is over. */
  readonly reason?: 'client_end' | 'idle' | undefined;
}

async function commit(side: TranscriberSide, one: Answering, { words, entry, sample, reason }: Answer): Promise<void> {
  const { sessionId, fence } = one.session;
  const finalSeq = (one.seq + 1) as Seq;
  const messages = [{ seq: finalSeq, json: transcription(one, { words, isFinal: true, seq: finalSeq, sample }) }];
  const endSeq = (one.seq + 2) as Seq;
  const endsSession = reason !== undefined;
  if (endsSession) messages.push({ seq: endSeq, json: ended(one, { words, sample, reason }, endSeq) });
  const result = await side.commit({
    ...{ sessionId, fence, afterSeq: one.seq, messages, endsSession, releaseBeforeSample: sample },
    checkpoint: JSON.stringify({ cursor: entry.streamId, words }),
  });
  if (result !== 'committed') return giveUp(side, one, result);
  one.seq = endsSession ? endSeq : finalSeq;
  one.committedWords = words.length;
  one.isOver = endsSession;
}

/** It is another's, or has to be claimed anew from the checkpoint that Redis holds. */
async function giveUp(side: TranscriberSide, one: Answering, why: 'fenced' | 'rolled_back'): Promise<void> {
  one.isOver = true;
  const { sessionId, fence } = one.session;
  if (why === 'rolled_back') await side.release(sessionId, fence, 'handed_over');
}

interface Text {
  readonly words: readonly string[];
  readonly isFinal: boolean;
  readonly seq: Seq;
  /** Where its audio ends. */
  readonly sample: number;
}

function transcription(one: Answering, { words, isFinal, seq, sample }: Text): string {
  const { sessionId, config } = one.session;
  const text = words.slice(one.committedWords).join(' ');
  return JSON.stringify({
    ...{ type: 'transcription', text, is_final: isFinal, confidence: null, language: config.language },
    ...{ timestamp: toIsoTimestamp(Date.now()), session_id: sessionId, seq, segment_id: 0, revision: 0 },
    ...{
      start_ms: 0,
      end_ms: Math.round(sample / 16),
      channel: 0,
      provider: config.provider,
      speech_final: isFinal,
      stable_chars: 0,
    },
  });
}

function ended(one: Answering, { words, sample, reason }: Omit<Answer, 'entry'>, seq: Seq): string {
  const { sessionId, config } = one.session;
  return JSON.stringify({
    ...{ type: 'session_ended', session_id: sessionId, text: words.join(' '), confidence: null },
    ...{ language: config.language, audio_ms: Math.round(sample / 16), segments: 1, reason, seq },
  });
}
