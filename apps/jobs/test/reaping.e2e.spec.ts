import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openGatewaySide, openTranscriberSide, type GatewaySide, type TranscriberSide } from '@verbatim/backbone';
import { sessionConfigSchema, type OpenSessionConfig, type Seq, type SessionId } from '@verbatim/protocol';
import { askRedis, eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import {
  buildJobs,
  REAP_MS,
  RESUME_WINDOW_MS,
  RETENTION_MS,
  startJobs,
  type JobsProcess,
} from './support/jobs-process.ts';

const CONFIG: OpenSessionConfig = { ...sessionConfigSchema.parse({}), provider: 'ledger' };

/** A round, and what a loaded machine adds. Units: milliseconds. */
const SLACK_MS = REAP_MS + 2000;

let redis: PrivateRedis;
let keyPrefix: string;
let gateway: GatewaySide;
let transcriber: TranscriberSide;
let processes: JobsProcess[];

beforeAll(async () => {
  await buildJobs();
  redis = await startRedis();
}, 60_000);
beforeEach(async () => {
  keyPrefix = `t${randomBytes(6).toString('hex')}`;
  const times = { resumeWindowMs: RESUME_WINDOW_MS, retentionMs: RETENTION_MS };
  const options = { redisUrl: redis.url, keyPrefix, ...times };
  [gateway, transcriber] = await Promise.all([
    openGatewaySide(options),
    openTranscriberSide({ ...options, nodeId: 'the transcriber' }),
  ]);
  processes = [];
});
afterEach(async () => {
  await Promise.all([...processes.map((each) => each.stop()), gateway.close(), transcriber.close()]);
});
afterAll(() => redis.stop());

async function start(): Promise<JobsProcess> {
  const started = await startJobs({ REDIS_URL: redis.url, STT_KEY_PREFIX: keyPrefix });
  processes.push(started);
  return started;
}

async function openDetached(): Promise<SessionId> {
  const { sessionId, connection } = await gateway.openSession(CONFIG);
  await gateway.detach(sessionId, connection);
  return sessionId;
}

const stateOf = async (sessionId: SessionId) => (await gateway.readSession(sessionId))?.state;

/** The marks in a session's audio. */
async function marksOf(sessionId: SessionId): Promise<string[]> {
  const read = await transcriber.readAudio([{ sessionId, afterStreamId: '0-0' }]);
  return (read.get(sessionId) ?? []).flatMap((entry) => (entry.kind === 'control' ? [entry.control] : []));
}

/** All keys of the sessions of this test; not the queue's own, counters and node records. */
async function sessionKeys(): Promise<string[]> {
  const answer = await askRedis(redis.port, 'KEYS', `${keyPrefix}:{[0-9]*`);
  return Array.isArray(answer) ? answer.map(String) : [];
}

describe('the reaper as a process', () => {
  it('tells a session to end whose client does not come back, and leaves a live one alone', async () => {
    await start();
    const live = (await gateway.openSession(CONFIG)).sessionId;
    const detachedAtMs = performance.now();
    const gone = await openDetached();
    await eventually(async () => expect(await stateOf(gone)).toBe('expiring'), { timeoutMs: 10_000 });
    const waitedMs = performance.now() - detachedAtMs;
    expect(waitedMs).toBeGreaterThanOrEqual(RESUME_WINDOW_MS);
    expect(waitedMs).toBeLessThan(RESUME_WINDOW_MS + SLACK_MS);
    expect(await marksOf(gone)).toEqual(['expire']);
    expect(await stateOf(live)).toBe('live');
    expect(await marksOf(live)).toEqual([]);
  });

  it('expires each session once when there are two, counts it once, and both can be seen', async () => {
    const both = [await start(), await start()];
    const gone = await Promise.all(Array.from({ length: 20 }, openDetached));
    await eventually(
      async () => {
        for (const sessionId of gone) expect(await stateOf(sessionId)).toBe('expiring');
      },
      { timeoutMs: 10_000 },
    );
    const marks = await Promise.all(gone.map(marksOf));
    expect(marks).toEqual(gone.map(() => ['expire']));
    const told = both.flatMap((each) => each.events('reaped')).flatMap((line) => line['session_ids'] as string[]);
    expect(told.toSorted()).toEqual([...gone].toSorted());
    expect(await gateway.readStats(2)).toMatchObject({ expired_sessions: 20 });
    const roles = (await gateway.listNodes()).map(({ record }) => record.role);
    expect(roles).toEqual(['jobs', 'jobs']);
  });

  it('leaves nothing in Redis of a session that was finalised, once its time to be read is over', async () => {
    await start();
    const sessionId = await openDetached();
    await eventually(async () => expect(await stateOf(sessionId)).toBe('expiring'), { timeoutMs: 10_000 });
    const claimed = await eventually(async () => {
      const [session] = await transcriber.claim(1, ['ledger']);
      if (session === undefined) throw new Error('nothing to claim yet');
      return session;
    });
    const committed = await transcriber.commit({
      sessionId,
      fence: claimed.fence,
      afterSeq: claimed.lastSeq,
      messages: [{ seq: (claimed.lastSeq + 1) as Seq, json: '{"type":"session_ended"}' }],
      checkpoint: '{}',
      releaseBeforeSample: 0,
      endsSession: true,
    });
    expect(committed).toBe('committed');
    expect(await stateOf(sessionId)).toBe('ended');
    await eventually(async () => expect(await sessionKeys()).toEqual([]), { timeoutMs: RETENTION_MS + SLACK_MS });
  });
});
