import type { Redis } from 'ioredis';
import type { SessionId } from '@verbatim/protocol';
import { appendEntry, type AppendReply } from '../../src/audio/append-entry.ts';
import type { PendingEntry } from '../../src/audio/append-window.ts';
import { isIdRefused } from '../../src/audio/refused-append.ts';
import { verifyAudio } from '../../src/audio/verify-audio.ts';
import type { RedisConnection } from '../../src/connection/redis-connection.ts';
import type { Keys } from '../../src/keys.ts';
import { runScript } from '../../src/scripts/script.ts';
import { sessionKeys } from '../../src/session-keys.ts';
import { Violation } from './invariants.ts';
import { encodeProgress, samplesOf, type Progress, type Message } from './ledger.ts';
import type { Scripts } from './scripts.ts';

/** No time passes in the model: what runs out is made to run out by a command. */
export const FOR_EVER_MS = 3_600_000;

const PROVIDER = 'ledger';

/** What a call was answered, and whether the answer promises that nothing was changed. */
export interface Answer<Reply> {
  readonly reply: Reply;
  readonly changedNothing: boolean;
}

export interface CommitCall {
  readonly fence: number;
  readonly nodeId: string;
  readonly afterSeq: number;
  readonly messages: readonly Message[];
  readonly progress: Progress;
  readonly ends: boolean;
}

export interface Lease {
  readonly fence: number;
  readonly nodeId: string;
}

export interface BeginCall {
  /** Without it the next one. */
  readonly index: number | undefined;
  readonly digest: string;
  readonly isFirst: boolean;
}

export interface TakeCall {
  readonly index: number;
  readonly digest: string;
  readonly decoder: string;
  readonly sample: number;
  readonly clientBytes: number;
  readonly isFinal: boolean;
}

/** Few, so that a story gets past them. */
export const KEPT_ANSWERS = 2;

export interface CallsParts {
  readonly redis: Redis;
  readonly scripts: Scripts;
  /** Writers append as they do on a cluster, where nobody tells them of a failover. */
  readonly isCluster: boolean;
  readonly keys: Keys;
  readonly sessionId: SessionId;
}

export type Calls = ReturnType<typeof createCalls>;

/** Every call of the product on one session, through its own bindings. */
export function createCalls(parts: CallsParts) {
  return { ...gatewayCalls(parts), ...uploadCalls(parts), ...transcriberCalls(parts), ...reaperCalls(parts) };
}

const LIFE = { liveTtlMs: FOR_EVER_MS, slackMs: FOR_EVER_MS };
const PUBLISH = { publish: 'PUBLISH' };

function gatewayCalls(parts: CallsParts) {
  const { redis, scripts, sessionId } = parts;
  const keys = sessionKeys(parts.keys, sessionId);
  return {
    async open() {
      const record = { config: '{}', provider: PROVIDER, epoch: 'epoch', secret: 'secret' };
      const reply = await runScript(redis, scripts.open, { keys, args: { sessionId, ...record, ...LIFE, ...PUBLISH } });
      return { reply, changedNothing: false };
    },
    async append(entry: PendingEntry, afterStreamId: string): Promise<Answer<AppendReply | 'ID_REFUSED'>> {
      const [field, content, , clientBytes, , restartFrame = ''] = entry.fields;
      const { streamId, mediaHeader = '' } = entry;
      const args = { streamId, afterStreamId, field, content, clientBytes, restartFrame, mediaHeader };
      try {
        const reply = parts.isCluster
          ? await runScript(redis, scripts.append, { keys, args })
          : await appendEntry(connectionTo(parts), {
              sessionKey: keys.session,
              audioKey: keys.audio,
              entry,
              afterStreamId,
            });
        return { reply, changedNothing: reply !== 'STORED' };
      } catch (error) {
        if (!isIdRefused(error)) throw error;
        return { reply: 'ID_REFUSED', changedNothing: true };
      }
    },
    /** The error that the product finds after a cut, if any. */
    async verify(clientConnection: number, storedStreamId: string) {
      const writer = { sessionKey: keys.session, audioKey: keys.audio, clientConnection, storedStreamId };
      return { reply: await verifyAudio(connectionTo(parts), writer), changedNothing: true };
    },
    async resume(token: number) {
      const reply = await runScript(redis, scripts.resume, { keys, args: { sessionId, token, ...LIFE, ...PUBLISH } });
      return { reply, changedNothing: reply.kind !== 'RESUMED' };
    },
    async detach(connection: number) {
      const args = { sessionId, connection, resumeWindowMs: FOR_EVER_MS, slackMs: FOR_EVER_MS };
      const reply = await runScript(redis, scripts.detach, { keys, args });
      return { reply, changedNothing: reply === 'KEPT' };
    },
    async delete() {
      const reply = await runScript(redis, scripts.delete, { keys, args: { sessionId, ...PUBLISH } });
      return { reply, changedNothing: reply === 'GONE' };
    },
    async keepAlive() {
      const rows = { moreKeys: [keys], moreArgs: [{ sessionId }] };
      const reply = await runScript(redis, scripts.keepAlive, { keys, args: LIFE, ...rows });
      return { reply, changedNothing: reply.length > 0 };
    },
  };
}

function uploadCalls(parts: CallsParts) {
  const { redis, scripts, sessionId } = parts;
  const keys = sessionKeys(parts.keys, sessionId);
  return {
    async begin({ index, digest, isFirst }: BeginCall) {
      const args = { sessionId, index: index ?? '', digest, isFirst: isFirst ? 1 : 0, ...LIFE };
      const reply = await runScript(redis, scripts.beginChunk, { keys, args });
      return { reply, changedNothing: reply.kind !== 'BEGUN' };
    },
    async take({ isFinal, ...chunk }: TakeCall) {
      const args = {
        ...{ sessionId, ...chunk, isFinal: isFinal ? 1 : 0 },
        ...{ resumeWindowMs: FOR_EVER_MS, slackMs: FOR_EVER_MS },
      };
      const reply = await runScript(redis, scripts.takeChunk, { keys, args });
      return { reply, changedNothing: reply !== 'TAKEN' };
    },
    /** Told again, it changes nothing; whether it is told again only the caller knows. */
    async answer(index: number, isToldAgain: boolean) {
      const reply = await runScript(redis, scripts.answerChunk, { keys, args: { index, keptAnswers: KEPT_ANSWERS } });
      return { reply, changedNothing: isToldAgain || reply === undefined };
    },
  };
}

function transcriberCalls(parts: CallsParts) {
  const { redis, scripts, sessionId } = parts;
  const keys = sessionKeys(parts.keys, sessionId);
  return {
    async claim(nodeId: string) {
      const args = { sessionId, nodeId, leaseMs: FOR_EVER_MS };
      const reply = await runScript(redis, scripts.claim, { keys, args, moreArgs: [{ provider: PROVIDER }] });
      return { reply, changedNothing: reply.kind !== 'CLAIMED' };
    },
    async commit({ fence, nodeId, afterSeq, messages, progress, ends }: CommitCall) {
      const position = { checkpoint: encodeProgress(progress), releaseBeforeSample: samplesOf(progress.frame) };
      const times = { keyTtlMs: FOR_EVER_MS, retentionMs: FOR_EVER_MS };
      const args = { sessionId, fence, nodeId, afterSeq, ends: ends ? 1 : 0, ...position, ...times, ...PUBLISH };
      const committing = runScript(redis, scripts.commit, { keys, args, moreArgs: messages });
      const reply = await committing.catch((error: Error) => conflictOf(error));
      return { reply, changedNothing: reply !== 'COMMITTED' };
    },
    async renew({ nodeId, fence }: Lease) {
      const rows = { moreKeys: [keys], moreArgs: [{ sessionId, fence }] };
      const lost = await runScript(redis, scripts.renew, { keys, args: { nodeId, leaseMs: FOR_EVER_MS }, ...rows });
      const reply = lost.length === 0 ? ('RENEWED' as const) : ('LOST' as const);
      return { reply, changedNothing: reply === 'LOST' };
    },
    async release({ nodeId, fence }: Lease, hasFailed: boolean) {
      const args = { sessionId, nodeId, fence, failed: hasFailed ? 1 : 0, ...PUBLISH };
      const reply = await runScript(redis, scripts.release, { keys, args });
      return { reply, changedNothing: reply === 'FENCED' };
    },
  };
}

function reaperCalls(parts: CallsParts) {
  const { redis, scripts, sessionId } = parts;
  const keys = sessionKeys(parts.keys, sessionId);
  return {
    async expire() {
      const reply = await runScript(redis, scripts.expire, {
        keys,
        args: { sessionId, keyTtlMs: FOR_EVER_MS, ...PUBLISH },
      });
      return { reply, changedNothing: reply !== 'EXPIRED' };
    },
  };
}

/** As much of a connection as a single call needs. */
function connectionTo({ redis }: CallsParts): RedisConnection {
  return { client: redis, isCluster: false } as RedisConnection;
}

/** The messages do not go on from the log: an answer like the others here. Any other error came in the middle of the writes. */
function conflictOf(error: Error): 'CONFLICT' {
  if (error.message.includes('CONFLICT')) return 'CONFLICT';
  throw new Violation(`a commit is written whole or not at all: ${error.message}`);
}
