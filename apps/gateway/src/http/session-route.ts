import type { GatewaySide } from '@verbatim/backbone';
import { isSessionId, type Seq, type SessionView } from '@verbatim/protocol';
import type { RequestHandler } from 'express';
import { buildSessionView } from './session-body.ts';
import { notKnown, storedSession } from './stored-session.ts';

export type ReadSide = Pick<GatewaySide, 'readSession' | 'readLog'>;

const NO_CONTENT = 204;

/** `GET /stt/sessions/:id`. */
export function createSessionRoute(backbone: ReadSide): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const view = await readView(backbone, request.params.id);
    // What was said is nobody else's to keep.
    response.setHeader('cache-control', 'no-store');
    response.json(view);
  };
}

/** Reads what is stored of a session. @throws SttError `session_not_found`, `storage_unavailable` */
export async function readView(backbone: ReadSide, id: string): Promise<SessionView> {
  const snapshot = await storedSession(backbone, id);
  return buildSessionView(snapshot, await backbone.readLog(snapshot.sessionId, 0 as Seq));
}

/**
 * `DELETE /stt/sessions/:id`. Nothing remembers that a session was deleted, so a second DELETE is answered as for an id that never was:
 * 404 says that nothing is left, and a wrong id does not look like a session that was forgotten.
 */
export function createDeleteRoute(backbone: Pick<GatewaySide, 'deleteSession'>): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    if (!isSessionId(id) || !(await backbone.deleteSession(id))) throw notKnown();
    response.status(NO_CONTENT).end();
  };
}
