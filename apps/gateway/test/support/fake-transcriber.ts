import { openTranscriberSide, type AudioEntry, type ClaimedSession, type TranscriberSide } from '@verbatim/backbone';
import { toIsoTimestamp, type NodeProvider, type ProviderName, type Seq, type SessionId } from '@verbatim/protocol';

export interface FakeTranscriberOptions {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly providers?: readonly NodeProvider[];
  /** Put before each word: a phrase that must never be seen in a log. */
  readonly phrase?: string;
}

export interface FakeTranscriber {
  stop(): Promise<void>;
}

/** A final after so many frames, or at a mark. */
const FINAL_EVERY_FRAMES = 10;
const TICK_MS = 10;
const LEDGER: NodeProvider = { name: 'ledger', languages: ['*'], status: 'ok' };

interface Held {
  readonly session: ClaimedSession;
  cursor: string;
  seq: Seq;
  /** Every word of the session so far; the last ones may not be in a final yet. */
  words: string[];
  committedWords: number;
  isOver: boolean;
}

/**
 * Claims sessions, answers each 100 ms entry with the word `w<n>` where n is the entry's first sample, commits a final every ten
 * words and at each mark: what a client gets back shows any frame that was lost, doubled or swapped.
 */
export async function startFakeTranscriber(options: FakeTranscriberOptions): Promise<FakeTranscriber> {
  const { redisUrl, keyPrefix, providers = [LEDGER] } = options;
  const side = await openTranscriberSide({ redisUrl, keyPrefix });
  const nodeId = `fake-${Math.random().toString(36).slice(2)}`;
  const held = new Map<SessionId, Held>();
  let isStopped = false;

  const beat = () =>
    side.heartbeat(nodeId, {
      ...{ role: 'transcriber', version: '0', started_at_ms: Date.now(), sessions: held.size, capacity: 100 },
      ...{ draining: false, providers: [...providers] },
    });
  const names = providers.map(({ name }) => name as ProviderName);
  const run = async () => {
    for (let tick = 0; !isStopped; tick += 1) {
      try {
        if (tick % 100 === 0) await beat();
        if (tick % 50 === 0) {
          const fences = [...held.values()].map(({ session }) => session);
          for (const lost of await side.renewLeases(fences)) held.delete(lost);
        }
        for (const session of await side.claim(nodeId, 10, names)) held.set(session.sessionId, takeUp(session));
        const cursors = [...held.values()].map(({ session, cursor }) => ({
          sessionId: session.sessionId,
          afterStreamId: cursor,
        }));
        const entries =
          cursors.length === 0 ? new Map<SessionId, readonly AudioEntry[]>() : await side.readAudio(cursors);
        for (const [sessionId, list] of entries) {
          const one = held.get(sessionId);
          if (one === undefined) continue;
          for (const entry of list) await takeEntry(side, one, entry, options.phrase ?? '');
          if (one.isOver) held.delete(sessionId);
        }
      } catch {
        // Redis is away: the entries are read again.
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  };
  await beat();
  const running = run();
  return {
    async stop() {
      isStopped = true;
      await running;
      await side.leave(nodeId).catch(() => undefined);
      await side.close();
    },
  };
}

function takeUp(session: ClaimedSession): Held {
  const { cursor = '0-0', words = [] } = JSON.parse(session.checkpoint ?? '{}') as {
    cursor?: string;
    words?: string[];
  };
  return { session, cursor, seq: session.lastSeq, words, committedWords: words.length, isOver: false };
}

async function takeEntry(side: TranscriberSide, held: Held, entry: AudioEntry, phrase: string): Promise<void> {
  if (held.isOver) return;
  if (entry.kind === 'audio') {
    const words = [...held.words, `${phrase}w${entry.pcm.readInt16LE(0)}`];
    const isDue = words.length - held.committedWords >= FINAL_EVERY_FRAMES;
    if (isDue) await commit(side, held, { words, entry, sample: entry.endSample, endsSession: false });
    else side.publish(held.session.sessionId, held.session.fence, transcription(held, words, false, held.seq));
    held.words = words;
  } else {
    await commit(side, held, {
      words: held.words,
      entry,
      sample: entry.atSample,
      endsSession: entry.control === 'end',
    });
  }
  held.cursor = entry.streamId;
}

interface Committed {
  readonly words: string[];
  readonly entry: AudioEntry;
  readonly sample: number;
  readonly endsSession: boolean;
}

async function commit(
  side: TranscriberSide,
  held: Held,
  { words, entry, sample, endsSession }: Committed,
): Promise<void> {
  const { sessionId, fence } = held.session;
  const finalSeq = (held.seq + 1) as Seq;
  const messages = [{ seq: finalSeq, json: transcription(held, words, true, finalSeq) }];
  const endSeq = (held.seq + 2) as Seq;
  if (endsSession) messages.push({ seq: endSeq, json: ended(held, words, sample, endSeq) });
  const result = await side.commit({
    ...{ sessionId, fence, messages, endsSession, releaseBeforeSample: sample },
    checkpoint: JSON.stringify({ cursor: entry.streamId, words }),
  });
  if (result === 'fenced') throw new Error('fenced');
  held.seq = endsSession ? endSeq : finalSeq;
  held.committedWords = words.length;
  held.isOver = endsSession;
}

function transcription(held: Held, words: readonly string[], isFinal: boolean, seq: Seq): string {
  const text = words.slice(held.committedWords).join(' ');
  return JSON.stringify({
    ...{ type: 'transcription', text, is_final: isFinal, confidence: null, language: held.session.config.language },
    ...{ timestamp: toIsoTimestamp(Date.now()), session_id: held.session.sessionId, seq, segment_id: 0, revision: 0 },
    ...{
      start_ms: 0,
      end_ms: 0,
      channel: 0,
      provider: held.session.config.provider,
      speech_final: isFinal,
      stable_chars: 0,
    },
  });
}

function ended(held: Held, words: readonly string[], sample: number, seq: Seq): string {
  return JSON.stringify({
    ...{ type: 'session_ended', session_id: held.session.sessionId, text: words.join(' '), confidence: null },
    ...{ language: held.session.config.language, audio_ms: sample / 16, segments: 1, reason: 'client_end', seq },
  });
}
