import type { GatewaySide } from '@verbatim/backbone';
import { isSessionId, SttError } from '@verbatim/protocol';
import type { RequestHandler } from 'express';
import { buildSessionView } from './session-body.ts';

/** `GET /stt/sessions/:id`. An id that is malformed, was never given or is forgotten by now gets one and the same answer. */
export function createSessionRoute(
  backbone: Pick<GatewaySide, 'readSession' | 'readLog'>,
): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    const snapshot = isSessionId(id) ? await backbone.readSession(id) : undefined;
    if (snapshot === undefined) throw notKnown();
    const log = await backbone.readLog(snapshot.sessionId, 0 as typeof snapshot.lastSeq);
    // What was said is nobody else's to keep.
    response.setHeader('cache-control', 'no-store');
    response.json(buildSessionView(snapshot, log));
  };
}

function notKnown(): SttError {
  return new SttError('session_not_found', 'There is no such session, or it ended so long ago that it is forgotten.');
}
