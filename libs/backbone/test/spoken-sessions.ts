import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Seq, SessionId } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import {
  createQueueConnection,
  type ClaimedSession,
  type GatewaySide,
  type OpenedSession,
  type TranscriberSide,
} from '../src/index.ts';
import {
  chunk,
  CHUNK_SAMPLES,
  commitOf,
  message,
  recordFollowing,
  recordWriter,
  upTo,
  type Fixture,
} from './fixture.ts';

/** A Redis that is being replaced may stay away for long on a loaded machine. */
const PATIENCE = { timeoutMs: 30_000 } as const;

/** Chunks that a client sends ahead of what is stored. */
const MOST_AHEAD = 20;

/** A client that speaks twenty times as fast as anybody can: load, and still little to compare at the end. */
const PACE_MS = 5;

const CHUNKS_PER_FINAL = 10;

interface Told {
  storedSample: number;
  /** All that the client ever sent; after a loss it sends what is missing of it again, before anything else. */
  sentChunks: number;
  resumes: number;
  /** From one chunk to the next. */
  longestPauseMs: number;
  /** How many were spoken, once the client has ended. */
  chunks: number | undefined;
}

export interface SpokenSession {
  readonly sessionId: SessionId;
  readonly told: Readonly<Told>;
  /** What the follower was told. */
  readonly durable: readonly number[];
  /** Resolves when so many chunks are stored. @throws what went wrong with the session meanwhile */
  hasSpoken(chunks: number): Promise<void>;
  /**
   * Lets the client send one chunk more and end. Resolves when all audio and all finals are stored by everything that we were told. Call
   * it when Redis has settled: only what is acknowledged after a failover is sure not to be taken back by it.
   */
  finish(): Promise<void>;
}

/**
 * Opens sessions, speaks into them and commits finals for them, as clients, gateways and transcribers do: a client whose writer is lost
 * resumes and sends again from where Redis says, a transcriber whose commits were taken back claims the session anew.
 */
export async function startSpeaking(fixture: Fixture, sessions: number): Promise<readonly SpokenSession[]> {
  const claims = createClaims(fixture.transcriber);
  const spoken: SpokenSession[] = [];
  // one after the other: each claim takes all that are nobody's
  while (spoken.length < sessions) spoken.push(await startOne(fixture, claims));
  return spoken;
}

async function startOne(fixture: Fixture, claims: Claims): Promise<SpokenSession> {
  const { gateway, transcriber } = fixture;
  const session = await fixture.openClaimed();
  const { told: text } = await recordFollowing(gateway, session.sessionId, Number.MAX_SAFE_INTEGER);
  const told: Told = { storedSample: 0, sentChunks: 0, resumes: 0, longestPauseMs: 0, chunks: undefined };
  const ending = { isAsked: false };
  const work = Promise.all([
    speak(gateway, session, { told, ending }),
    commitFinals(transcriber, session, { told, claims }),
  ]);
  // whoever finishes hears of it
  work.catch(() => undefined);
  return {
    sessionId: session.sessionId,
    told,
    durable: text.durable,
    async hasSpoken(chunks) {
      const isStored = () => expect(told.storedSample).toBeGreaterThanOrEqual(chunks * CHUNK_SAMPLES);
      await Promise.race([work, eventually(isStored, PATIENCE)]);
    },
    async finish() {
      ending.isAsked = true;
      await work;
    },
  };
}

/** Looks into Redis: every chunk once, in order and whole; every final once; and the follower was told the same. */
export async function expectNothingLost(fixture: Fixture, session: SpokenSession): Promise<void> {
  const { options, keys } = fixture;
  // a connection of its own: an old one may still be with the old master
  const raw = createQueueConnection(options.redisUrl);
  const chunks = session.told.chunks ?? 0;
  const finals = Math.floor(chunks / CHUNKS_PER_FINAL);
  expect(finals).toBeGreaterThan(0);
  const entries = await eventually(() => raw.xrangeBuffer(keys.audio(session.sessionId), '(0-1', '+'), PATIENCE);
  raw.disconnect();
  const stored = entries.map(([id, fields]) => [id.toString(), fields[1]?.readUInt32LE(0)]);
  expect(stored).toEqual(upTo(chunks).map((n) => [`${n * CHUNK_SAMPLES}-0`, n]));
  const log = await eventually(() => fixture.gateway.readLog(session.sessionId, 0 as Seq), PATIENCE);
  expect(log).toEqual(upTo(finals).map((n) => message(n)));
  await eventually(() => expect(session.durable).toEqual(upTo(finals)), PATIENCE);
}

interface Speech {
  readonly told: Told;
  readonly ending: { readonly isAsked: boolean };
}

async function speak(gateway: GatewaySide, opened: OpenedSession, speech: Speech): Promise<void> {
  let session = opened;
  let start = { sample: 0, clientBytes: 0 };
  while (!(await speakOnce(gateway, session, { ...speech, start }))) {
    const { sessionId, resumeToken } = session;
    const resumed = await eventually(() => gateway.resumeSession(sessionId, resumeToken), PATIENCE);
    session = resumed;
    start = resumed.audio;
    speech.told.resumes += 1;
  }
}

/** Sends from `start` to the end. Returns false when the writer was lost for a reason that a resume heals. */
async function speakOnce(
  gateway: GatewaySide,
  session: OpenedSession,
  { told, ending, start }: Speech & { readonly start: { readonly sample: number; readonly clientBytes: number } },
): Promise<boolean> {
  const { writer, told: stored } = recordWriter(gateway, session, start);
  const isLost = () => stored.lost.length > 0;
  let isLast = false;
  let n = start.sample / CHUNK_SAMPLES;
  while (!isLast && !isLost()) {
    const beganAtMs = performance.now();
    isLast = ending.isAsked && n >= told.sentChunks;
    n += 1;
    told.sentChunks = Math.max(told.sentChunks, n);
    writer.append(chunk(n));
    const isHeard = () => expect(isLost() || stored.storedSample > (n - MOST_AHEAD) * CHUNK_SAMPLES).toBe(true);
    await eventually(isHeard, PATIENCE);
    told.longestPauseMs = Math.max(told.longestPauseMs, performance.now() - beganAtMs);
    told.storedSample = stored.storedSample;
    await pause(PACE_MS);
  }
  await writer.drained().catch((error: unknown) => expect(isLost()).toBe(error instanceof Error));
  expect(stored.lost.filter((code) => code !== 'insufficient_state')).toEqual([]);
  if (isLost()) return false;
  told.storedSample = stored.storedSample;
  told.chunks = n;
  return true;
}

interface Committing {
  readonly told: Readonly<Told>;
  readonly claims: Claims;
}

async function commitFinals(transcriber: TranscriberSide, first: ClaimedSession, { told, claims }: Committing) {
  let owned = first;
  for (let n = 1; ;) {
    const samples = n * CHUNKS_PER_FINAL * CHUNK_SAMPLES;
    await eventually(() => expect(told.chunks !== undefined || told.storedSample >= samples).toBe(true), PATIENCE);
    const isOver = told.storedSample < samples;
    // at the end one commit more, without a message: it tells whether those before it still stand
    const request = commitOf(owned, isOver ? [] : [message(n)], { afterSeq: (n - 1) as Seq });
    // the same commit again until it is answered, as a transcriber does
    const result = await eventually(() => transcriber.commit(request), PATIENCE);
    if (isOver && result === 'committed') return;
    if (result !== 'committed') owned = await claims.anew(owned);
    n = result === 'committed' ? n + 1 : owned.lastSeq + 1;
  }
}

interface Claims {
  /** Releases a session whose commits were taken back, and claims it again. */
  anew(lost: ClaimedSession): Promise<ClaimedSession>;
}

/** What one claim brings is for all the sessions here, whoever asked. */
function createClaims(transcriber: TranscriberSide): Claims {
  const unclaimed = new Map<SessionId, ClaimedSession>();
  const claim = async (id: SessionId) => {
    for (const session of await transcriber.claim(100, ['ledger'])) unclaimed.set(session.sessionId, session);
    const again = unclaimed.get(id);
    if (!again) throw new Error('the session was not to be had again');
    unclaimed.delete(id);
    return again;
  };
  return {
    async anew({ sessionId, fence }) {
      await eventually(() => transcriber.release(sessionId, fence, 'handed_over'), PATIENCE);
      return eventually(() => claim(sessionId), PATIENCE);
    },
  };
}
