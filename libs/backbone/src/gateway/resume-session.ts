import { SttError, type SessionId } from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { ResumedSession } from '../faces.ts';
import { resumeScript, type ResumeReply } from '../scripts/resume.ts';
import { runScript } from '../scripts/script.ts';
import { sessionKeys } from '../session-keys.ts';
import { decodeConfig } from '../stored-config.ts';
import { publishCommand } from '../text/subscriber.ts';
import { createResumeToken, verifyResumeToken, type TokenKey } from './resume-tokens.ts';

/**
 * Hands a session to a newer connection.
 *
 * The token is proved here, because Redis' Lua has no HMAC; the script decides on its number alone. That is safe apart: a secret never
 * changes while its record lives. A repeat after a lost reply is just another resume, one connection on.
 * @throws SttError `session_not_found`, `resume_unrecoverable`, `storage_unavailable`
 * @see docs/adr/0008-resume-tokens-are-signed-numbers.md
 */
export async function resumeSession(
  parts: BackboneParts,
  sessionId: SessionId,
  resumeToken: string,
): Promise<ResumedSession> {
  const { settings, keys, commands } = parts;
  const secret = await commands.runTwice((client) => client.hget(keys.session(sessionId), 'secret'));
  if (secret === null) throw gone();
  const key = { sessionId, secret };
  const token = verifyResumeToken(key, resumeToken);
  if (token === undefined) throw refused();
  const call = {
    keys: sessionKeys(keys, sessionId),
    args: {
      ...{ sessionId, token, publish: publishCommand(commands) },
      ...{ liveTtlMs: settings.liveTtlMs, slackMs: settings.reaperSlackMs },
    },
  };
  const resumed = toResumedSession(await commands.runTwice((client) => runScript(client, resumeScript, call)), key);
  if (resumed.audio.restartFrame === undefined) return resumed;
  const mediaHeader = await commands.runTwice((client) => client.hgetBuffer(keys.session(sessionId), 'mediaHeader'));
  return mediaHeader === null ? resumed : { ...resumed, mediaHeader };
}

function toResumedSession(reply: ResumeReply, key: TokenKey): ResumedSession {
  switch (reply.kind) {
    case 'REFUSED':
      throw refused();
    case 'EXPIRED':
      throw expired(key.sessionId);
    case 'GONE':
      throw gone();
    case 'RESUMED':
      return {
        sessionId: key.sessionId,
        resumeToken: createResumeToken(key, reply.connection),
        epoch: reply.epoch,
        connection: reply.connection,
        config: decodeConfig(reply.config),
        state: reply.state,
        audio: reply.audio,
        lastSeq: reply.seq,
      };
  }
}

/** One sentence for a forged, a foreign and a used-up token: it must not tell them apart. */
function refused(): SttError {
  return new SttError(
    'session_not_found',
    'The resume_token is not the newest one of this session; start a new session.',
  );
}

function expired(sessionId: SessionId): SttError {
  return new SttError(
    'resume_unrecoverable',
    `The resume window of this session has passed; start a new session, GET /stt/sessions/${sessionId} has the transcript so far.`,
  );
}

function gone(): SttError {
  return new SttError(
    'resume_unrecoverable',
    'This session is gone: its resume window has passed or its stored state was lost; start a new session.',
  );
}
