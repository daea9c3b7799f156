import type { Redis } from 'ioredis';
import type { SessionId } from '@verbatim/protocol';
import type { EntryFields } from '../../src/audio/audio-entry.ts';
import { isIdRefused } from '../../src/audio/refused-append.ts';
import type { Keys } from '../../src/keys.ts';
import { runScript } from '../../src/scripts/script.ts';
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

export interface CallsParts {
  readonly redis: Redis;
  readonly scripts: Scripts;
  readonly keys: Keys;
  readonly sessionId: SessionId;
}

export type Calls = ReturnType<typeof createCalls>;

/** Every call of the product on one session, through its own bindings. */
export function createCalls(parts: CallsParts) {
  return { ...gatewayCalls(parts), ...transcriberCalls(parts), ...reaperCalls(parts) };
}

function namesOf({ keys, sessionId }: CallsParts) {
  return {
    session: keys.session(sessionId),
    audio: keys.audio(sessionId),
    log: keys.log(sessionId),
    text: keys.text(sessionId),
    open: keys.open(0),
    expiry: keys.expiry(0),
    work: keys.work(0),
  };
}

const LIFE = { liveTtlMs: FOR_EVER_MS, slackMs: FOR_EVER_MS };
const PUBLISH = { publish: 'PUBLISH' };

function gatewayCalls(parts: CallsParts) {
  const { redis, scripts, sessionId } = parts;
  const keys = namesOf(parts);
  return {
    async open() {
      const record = { config: '{}', provider: PROVIDER, epoch: 'epoch', secret: 'secret' };
      const reply = await runScript(redis, scripts.open, { keys, args: { sessionId, ...record, ...LIFE, ...PUBLISH } });
      return { reply, changedNothing: false };
    },
    async append(streamId: string, fields: EntryFields): Promise<Answer<'STORED' | 'GONE' | 'ID_REFUSED'>> {
      try {
        const id = await redis.xadd(keys.audio, 'NOMKSTREAM', streamId, ...fields);
        return { reply: id === null ? 'GONE' : 'STORED', changedNothing: id === null };
      } catch (error) {
        if (!(error instanceof Error && isIdRefused(error))) throw error;
        return { reply: 'ID_REFUSED', changedNothing: true };
      }
    },
    async standing() {
      return { reply: await runScript(redis, scripts.audioStanding, { keys, args: {} }), changedNothing: true };
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
    async keepAlive() {
      const rows = { moreKeys: [keys], moreArgs: [{ sessionId }] };
      const reply = await runScript(redis, scripts.keepAlive, { keys, args: LIFE, ...rows });
      return { reply, changedNothing: reply.length > 0 };
    },
  };
}

function transcriberCalls(parts: CallsParts) {
  const { redis, scripts, sessionId } = parts;
  const keys = namesOf(parts);
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
  const keys = namesOf(parts);
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

/** The messages do not go on from the log: an answer like the others here. */
function conflictOf(error: Error): 'CONFLICT' {
  if (error.message.includes('CONFLICT')) return 'CONFLICT';
  throw error;
}
