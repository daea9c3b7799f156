import { expect } from '@jest/globals';
import type { AudioEntry, ClaimedSession, CommitRequest, CommitResult, DurableMessage } from '@verbatim/backbone';
import {
  sessionConfigSchema,
  type AudioControl,
  type Fence,
  type OpenSessionConfig,
  type Seq,
  type ServerMessage,
  type SessionEnded,
  type SessionId,
  type Transcription,
} from '@verbatim/protocol';

const onlySessionId = 's00-00000000000000000000000000000000' as SessionId;

/** What Redis holds of one session, with the rules of the claim and the commit script. */
export function createRecord(entries: readonly AudioEntry[], config: OpenSessionConfig, sessionId = onlySessionId) {
  const log: DurableMessage[] = [];
  const published: ServerMessage[] = [];
  const history: {
    readonly messages: number;
    readonly checkpoint: string | undefined;
    readonly releasedSample: number;
  }[] = [];
  let fence = 0;
  let checkpoint: string | undefined;
  const record = {
    log,
    published,
    isEnded: false,
    commits: () => history.length,
    /** A failover takes the last acknowledged commit back. */
    rollBack() {
      const before = history.pop();
      if (before === undefined) throw new Error('nothing was committed yet');
      log.length = before.messages;
      ({ checkpoint } = before);
      record.releasedSample = before.releasedSample;
    },
    releasedSample: 0,
    claim(): ClaimedSession {
      fence += 1;
      const lastSeq = log.length as Seq;
      const isTakeover = fence > 1;
      return {
        sessionId,
        fence: fence as Fence,
        config,
        lastSeq,
        checkpoint,
        isTakeover,
        failedOwners: 0,
      };
    },
    /** Entries after the cursor that are not trimmed. */
    read(afterStreamId: string, count: number): AudioEntry[] {
      const [sample = 0, rank = 0] = afterStreamId.split('-').map(Number);
      const isAfter = ({ streamId }: AudioEntry): boolean => {
        const [own = 0, ownRank = 0] = streamId.split('-').map(Number);
        return own > sample || (own === sample && ownRank > rank);
      };
      return entries.filter((each) => isAfter(each) && positionOf(each) >= record.releasedSample).slice(0, count);
    },
    backbone: {
      commit(request: CommitRequest): Promise<CommitResult> {
        if (request.fence !== fence || record.isEnded) return Promise.resolve('fenced');
        const [first] = request.messages;
        if (first !== undefined && first.seq > log.length + 1) return Promise.resolve('rolled_back');
        request.messages.forEach(({ seq }, index) => expect(seq).toBe(log.length + 1 + index));
        history.push({ messages: log.length, checkpoint, releasedSample: record.releasedSample });
        log.push(...request.messages);
        checkpoint = request.checkpoint;
        record.releasedSample = request.releaseBeforeSample;
        record.isEnded = request.endsSession;
        return Promise.resolve('committed');
      },
      publish: (_: SessionId, __: Fence, json: string) => void published.push(JSON.parse(json) as ServerMessage),
      readLog: () => Promise.resolve([...log]),
      release: () => Promise.resolve(),
    },
    messages: () => log.map(({ json }) => JSON.parse(json) as Transcription | SessionEnded),
    finals: () => record.messages().filter((message): message is Transcription => message.type === 'transcription'),
    textOf: (channel: number) =>
      record
        .finals()
        .filter((final) => final.channel === channel && final.text !== '')
        .map(({ text }) => text)
        .join(' '),
  };
  return record;
}

export type FakeRecord = ReturnType<typeof createRecord>;

function positionOf(entry: AudioEntry): number {
  return entry.kind === 'audio' ? entry.endSample : entry.atSample;
}

export function configFor(query: Partial<OpenSessionConfig> = {}): OpenSessionConfig {
  return { ...sessionConfigSchema.parse({}), provider: 'ledger', ...query };
}

/** Entries as a gateway appends them: pieces of audio cut anywhere, and marks behind the audio before them. */
export function toEntries(
  parts: readonly (Int16Array | AudioControl)[],
  channels = 1,
  pieceSamples = 1600,
): AudioEntry[] {
  const entries: AudioEntry[] = [];
  let end = 0;
  let marks = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      marks += 1;
      entries.push({ kind: 'control', streamId: `${end}-${marks}`, atSample: end, control: part });
      continue;
    }
    for (let from = 0; from < part.length; from += pieceSamples * channels) {
      const piece = part.subarray(from, from + pieceSamples * channels);
      end += piece.length / channels;
      const pcm = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      entries.push({ kind: 'audio', streamId: `${end}-0`, endSample: end, pcm });
    }
  }
  return entries;
}
