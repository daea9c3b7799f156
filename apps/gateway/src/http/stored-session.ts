import type { GatewaySide, SessionSnapshot } from '@verbatim/backbone';
import { isSessionId, SttError } from '@verbatim/protocol';

/**
 * Reads the record that an address names. An id that is malformed, was never given or is forgotten by now gets one and the same answer.
 * @throws SttError `session_not_found`, `storage_unavailable`
 */
export async function storedSession(backbone: Pick<GatewaySide, 'readSession'>, id: string): Promise<SessionSnapshot> {
  const snapshot = isSessionId(id) ? await backbone.readSession(id) : undefined;
  if (snapshot === undefined) throw notKnown();
  return snapshot;
}

export function notKnown(): SttError {
  return new SttError('session_not_found', 'There is no such session, or it ended so long ago that it is forgotten.');
}
