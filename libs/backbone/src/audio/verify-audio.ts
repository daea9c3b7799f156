import { SttError } from '@verbatim/protocol';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { audioStandingScript, type AudioStanding } from '../scripts/audio-standing.ts';
import { runScript } from '../scripts/script.ts';
import { isBefore } from './audio-entry.ts';

export const AUDIO_GONE =
  'The stored audio of this session is gone; start anew, and read the transcript so far by GET.';

export const AUDIO_ROLLED_BACK =
  'A failover of the storage lost audio that was acknowledged; reconnect and resume, and send again from the position you are told.';

const REPLACED = 'The session was resumed over another connection; stop this one.';

const RESUME_FORGOTTEN = 'A failover of the storage lost this connection; reconnect and resume.';

/** What a writer must find in Redis for its audio to go on. */
export interface WriterStanding {
  readonly sessionKey: string;
  readonly audioKey: string;
  readonly clientConnection: number;
  /** Id of the last entry that Redis acknowledged. */
  readonly storedStreamId: string;
}

/**
 * Asks Redis, after a cut, whether it still holds everything it had acknowledged; `undefined` when it does.
 *
 * Worked failure: entries up to 9600 are acknowledged by a master whose replica has got them up to 8000 when the master dies. The
 * writer reconnects to the replica, now the master, and offers 11 200. Redis takes it: the id is greater than all before it. 1600
 * samples that the client was told are safe are in no stream, the hole can never be filled, because 9600 is smaller than 11 200, and
 * nobody notices. So the writer looks first, and the client, whose ring still has them, sends them again.
 *
 * The record's connection is looked at too: a lower number means that the failover lost the resume that made ours, and the session
 * would still wait for its client to the end of its window.
 * @throws what ioredis throws
 */
export async function verifyAudio(connection: RedisConnection, writer: WriterStanding): Promise<SttError | undefined> {
  const { sessionKey, audioKey } = writer;
  const keys = { session: sessionKey, audio: audioKey };
  return judge(await runScript(connection.client, audioStandingScript, { keys, args: {} }), writer);
}

function judge(standing: AudioStanding, writer: WriterStanding): SttError | undefined {
  if (standing.kind === 'GONE') return new SttError('resume_unrecoverable', AUDIO_GONE);
  if (standing.connection > writer.clientConnection) return new SttError('session_replaced', REPLACED);
  if (isBefore(standing.lastStreamId, writer.storedStreamId))
    return new SttError('insufficient_state', AUDIO_ROLLED_BACK);
  if (standing.connection < writer.clientConnection) return new SttError('insufficient_state', RESUME_FORGOTTEN);
  return undefined;
}
