import { expect } from '@jest/globals';
import type { Seq, SessionId } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import type { ClaimedSession, GatewaySide, OpenedSession, TranscriberSide } from '../src/index.ts';
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

export interface SpokenSession {
  readonly sessionId: SessionId;
  /** What the followers were told, and how far the audio is stored by the last word of the writer. */
  readonly told: { readonly durable: readonly number[]; storedSample: number; resumes: number; longestPauseMs: number };
  /** Resolves when all audio and all finals are stored, each once, by everything that we were told. */
  readonly finished: Promise<unknown>;
}

export interface SpokenOptions {
  readonly chunks: number;
  readonly finals: number;
}

/**
 * Opens sessions, speaks into them and commits finals for them, as clients, gateways and transcribers do: a client whose writer is lost
 * resumes and sends again from where Redis says, a transcriber whose commits were taken back claims the session anew.
 */
export async function startSpeaking(
  fixture: Fixture,
  sessions: number,
  options: SpokenOptions,
): Promise<readonly SpokenSession[]> {
  const claims = createClaims(fixture.transcriber);
  const spoken: SpokenSession[] = [];
  // one after the other: each claim takes all that are nobody's
  while (spoken.length < sessions) spoken.push(await startOne(fixture, claims, options));
  return spoken;
}

async function startOne(fixture: Fixture, claims: Claims, { chunks, finals }: SpokenOptions): Promise<SpokenSession> {
  const session = await fixture.openClaimed();
  const { told: text } = await recordFollowing(fixture.gateway, session.sessionId, Number.MAX_SAFE_INTEGER);
  const told = { durable: text.durable, storedSample: 0, resumes: 0, longestPauseMs: 0 };
  const speaking = speak(fixture.gateway, session, { chunks, told });
  const hasHeard = (share: number) => told.storedSample >= share * chunks * CHUNK_SAMPLES;
  const committing = commitFinals(fixture.transcriber, session, { finals, hasHeard, claims });
  return { sessionId: session.sessionId, told, finished: Promise.all([speaking, committing]) };
}

/** Looks into Redis: every chunk once, in order and whole; every final once; and the follower was told the same. */
export async function expectNothingLost(fixture: Fixture, session: SpokenSession, options: SpokenOptions) {
  const { raw, keys } = fixture;
  const entries = await raw.xrangeBuffer(keys.audio(session.sessionId), '(0-1', '+');
  const stored = entries.map(([id, fields]) => [id.toString(), fields[1]?.readUInt32LE(0)]);
  expect(stored).toEqual(upTo(options.chunks).map((n) => [`${n * CHUNK_SAMPLES}-0`, n]));
  const log = await fixture.gateway.readLog(session.sessionId, 0 as Seq);
  expect(log).toEqual(upTo(options.finals).map((n) => message(n)));
  await eventually(() => expect(session.told.durable).toEqual(upTo(options.finals)), PATIENCE);
}

interface Speech {
  readonly chunks: number;
  readonly told: { storedSample: number; resumes: number; longestPauseMs: number };
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
  { chunks, told, start }: Speech & { readonly start: { readonly sample: number; readonly clientBytes: number } },
): Promise<boolean> {
  const { writer, told: stored } = recordWriter(gateway, session, start);
  // whoever awaits the loop hears of it
  const isLost = () => stored.lost.length > 0;
  for (let n = start.sample / CHUNK_SAMPLES + 1; n <= chunks && !isLost(); n += 1) {
    writer.append(chunk(n));
    const waitingSinceMs = performance.now();
    const isHeard = () => expect(isLost() || stored.storedSample > (n - MOST_AHEAD) * CHUNK_SAMPLES).toBe(true);
    await eventually(isHeard, { ...PATIENCE, everyMs: 2 });
    told.longestPauseMs = Math.max(told.longestPauseMs, performance.now() - waitingSinceMs);
    told.storedSample = stored.storedSample;
  }
  await writer.drained().catch((error: unknown) => expect(isLost()).toBe(error instanceof Error));
  told.storedSample = stored.storedSample;
  expect(stored.lost.filter((code) => code !== 'insufficient_state')).toEqual([]);
  return !isLost();
}

interface Committing {
  readonly finals: number;
  readonly hasHeard: (share: number) => boolean;
  readonly claims: Claims;
}

async function commitFinals(transcriber: TranscriberSide, first: ClaimedSession, committing: Committing) {
  const { finals, hasHeard, claims } = committing;
  let owned = first;
  for (let n = 1; n <= finals;) {
    await eventually(() => expect(hasHeard(n / finals)).toBe(true), { timeoutMs: 60_000 });
    const request = commitOf(owned, [message(n)]);
    // the same commit again until it is answered, as a transcriber does
    const result = await eventually(() => transcriber.commit(request), PATIENCE);
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
