import type { SessionId } from '@verbatim/protocol';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import { deleteScript } from '../scripts/delete.ts';
import { runScript } from '../scripts/script.ts';
import { sessionKeys } from '../session-keys.ts';
import { publishCommand } from '../text/subscriber.ts';

/**
 * Forgets a session. Not tried again by itself: after a lost reply the second try could not tell a session that the first one has deleted
 * from one that never was.
 * @returns whether there was one
 * @throws SttError `storage_unavailable`
 */
export async function deleteSession({ keys, commands }: BackboneParts, sessionId: SessionId): Promise<boolean> {
  const call = { keys: sessionKeys(keys, sessionId), args: { sessionId, publish: publishCommand(commands) } };
  return (await commands.run((client) => runScript(client, deleteScript, call))) === 'DELETED';
}
