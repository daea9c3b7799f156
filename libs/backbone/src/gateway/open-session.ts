import { randomBytes, randomInt } from 'node:crypto';
import { createSessionId, SttError, type OpenSessionConfig } from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { OpenedSession } from '../faces.ts';
import { openScript } from '../scripts/open.ts';
import { runScript } from '../scripts/script.ts';
import { sessionKeys } from '../session-keys.ts';
import { publishCommand } from '../text/subscriber.ts';
import { createResumeToken, createTokenSecret } from './resume-tokens.ts';

const SESSION_ID_BYTES = 16;
const EPOCH_BYTES = 8;

/** The first connection; each resume counts on. */
const FIRST_CONNECTION = 1;

/** Begins a session in a shard drawn by lot. @throws SttError `storage_unavailable` */
export async function openSession(
  { settings, keys, commands }: BackboneParts,
  config: OpenSessionConfig,
): Promise<OpenedSession> {
  const sessionId = createSessionId(randomInt(settings.shards), randomBytes(SESSION_ID_BYTES));
  const epoch = randomBytes(EPOCH_BYTES).toString('hex');
  const secret = createTokenSecret();
  const call = {
    keys: sessionKeys(keys, sessionId),
    args: {
      ...{ sessionId, config: JSON.stringify(config), provider: config.provider, epoch, secret },
      ...{ liveTtlMs: settings.liveTtlMs, slackMs: settings.reaperSlackMs, publish: publishCommand(commands) },
    },
  };
  const reply = await commands.runTwice((client) => runScript(client, openScript, call));
  if (reply === 'TAKEN') throw SttError.from(new Error('a new session id is already taken: 128 random bits repeated'));
  const resumeToken = createResumeToken({ sessionId, secret }, FIRST_CONNECTION);
  return { sessionId, epoch, resumeToken, connection: FIRST_CONNECTION };
}
