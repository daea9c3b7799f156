import { createHash, randomBytes, randomInt } from 'node:crypto';
import {
  createSessionId,
  shardOf,
  SttError,
  type OpenSessionConfig,
  type Seq,
  type SessionId,
  type SessionState,
} from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { GatewaySide, OpenedSession, ResumedSession, SessionSnapshot } from '../faces.ts';
import { detachScript } from '../scripts/detach.ts';
import { keepAliveScript } from '../scripts/keep-alive.ts';
import { openScript } from '../scripts/open.ts';
import { resumeScript, type ResumeReply } from '../scripts/resume.ts';
import { runScript } from '../scripts/script.ts';
import { groupByShard } from '../shard-groups.ts';
import { decodeConfig } from '../stored-config.ts';
import { publishCommand } from '../text/subscriber.ts';

const SESSION_ID_BYTES = 16;
const EPOCH_BYTES = 8;
const RESUME_TOKEN_BYTES = 32;

type SessionRecords = Pick<GatewaySide, 'openSession' | 'resumeSession' | 'keepAlive' | 'detach' | 'readSession'>;

/** The part of the gateway's face that opens, resumes, keeps and reads sessions. */
export function createSessionRecords(parts: BackboneParts): SessionRecords {
  const { settings, keys, commands } = parts;
  return {
    openSession: (config) => openSession(parts, config),
    resumeSession: (sessionId, resumeToken) => resumeSession(parts, sessionId, resumeToken),

    keepAlive: (sessionIds) =>
      commands.run(async (client) => {
        const calls = groupByShard(sessionIds, (sessionId) => sessionId).map(([, group]) =>
          runScript(client, keepAliveScript, {
            keys: {},
            args: { liveTtlMs: settings.liveTtlMs },
            moreKeys: group.map((id) => ({ session: keys.session(id), audio: keys.audio(id), log: keys.log(id) })),
          }),
        );
        await Promise.all(calls);
      }),

    detach: (sessionId, connection) =>
      commands.run(async (client) => {
        await runScript(client, detachScript, {
          keys: { session: keys.session(sessionId), audio: keys.audio(sessionId), log: keys.log(sessionId) },
          args: { connection, resumeWindowMs: settings.resumeWindowMs },
        });
      }),

    readSession: (sessionId) =>
      commands.run(async (client) => {
        const fields = await client.hmget(keys.session(sessionId), 'config', 'state', 'epoch', 'seq');
        return toSnapshot(sessionId, fields);
      }),
  };
}

async function openSession(
  { settings, keys, commands }: BackboneParts,
  config: OpenSessionConfig,
): Promise<OpenedSession> {
  const sessionId = createSessionId(randomInt(settings.shards), randomBytes(SESSION_ID_BYTES));
  const epoch = randomBytes(EPOCH_BYTES).toString('hex');
  const resumeToken = createResumeToken();
  const shard = shardOf(sessionId);
  const call = {
    keys: {
      session: keys.session(sessionId),
      audio: keys.audio(sessionId),
      open: keys.open(shard),
      work: keys.work(shard),
    },
    args: {
      ...{ sessionId, config: JSON.stringify(config), provider: config.provider, epoch },
      ...{ tokenHash: hashOf(resumeToken), liveTtlMs: settings.liveTtlMs, publish: publishCommand(commands) },
    },
  };
  const reply = await commands.runTwice((client) => runScript(client, openScript, call));
  if (reply === 'TAKEN') throw SttError.from(new Error('a new session id is already taken: 128 random bits repeated'));
  return { sessionId, epoch, resumeToken, connection: 1 };
}

async function resumeSession(
  { settings, keys, commands }: BackboneParts,
  sessionId: SessionId,
  resumeToken: string,
): Promise<ResumedSession> {
  const nextToken = createResumeToken();
  const call = {
    keys: {
      session: keys.session(sessionId),
      audio: keys.audio(sessionId),
      log: keys.log(sessionId),
      text: keys.text(sessionId),
    },
    args: {
      ...{ tokenHash: hashOf(resumeToken), nextTokenHash: hashOf(nextToken) },
      ...{ liveTtlMs: settings.liveTtlMs, publish: publishCommand(commands) },
    },
  };
  // a reply lost after the token was replaced would lock the client out: the same call again finds its own token and gets the answer
  const reply = await commands.runTwice((client) => runScript(client, resumeScript, call));
  return toResumedSession(reply, { sessionId, resumeToken: nextToken });
}

function toResumedSession(
  reply: ResumeReply,
  granted: { readonly sessionId: SessionId; readonly resumeToken: string },
): ResumedSession {
  switch (reply.kind) {
    case 'REFUSED':
      throw new SttError(
        'session_not_found',
        'The resume_token is not the newest one of this session; start a new session.',
      );
    case 'GONE':
      throw new SttError(
        'resume_unrecoverable',
        'This session is gone: its resume window has passed or its stored state was lost; start a new session.',
      );
    case 'RESUMED':
      return {
        ...granted,
        epoch: reply.epoch,
        connection: reply.connection,
        config: decodeConfig(reply.config),
        state: reply.state,
        audio: reply.audio,
        lastSeq: reply.seq,
      };
  }
}

function toSnapshot(sessionId: SessionId, fields: readonly (string | null)[]): SessionSnapshot | undefined {
  const [config, state, epoch, seq] = fields;
  if (typeof config !== 'string' || typeof epoch !== 'string') return undefined;
  return { sessionId, config: decodeConfig(config), state: state as SessionState, epoch, lastSeq: Number(seq) as Seq };
}

function createResumeToken(): string {
  return randomBytes(RESUME_TOKEN_BYTES).toString('base64url');
}

/** A token has 256 random bits: a plain hash is enough, nothing shorter can be tried. */
function hashOf(resumeToken: string): string {
  return createHash('sha256').update(resumeToken).digest('hex');
}
