import type { GatewaySide } from '@verbatim/backbone';
import type { Logger } from '@verbatim/observability';
import type { Express } from 'express';
import { answerMethodNotAllowed } from './error-answers.ts';
import { createEventsRoute } from './events/events-route.ts';
import type { Observers } from './events/observers.ts';
import { createDeleteRoute, createSessionRoute } from './session-route.ts';
import { createTranscriptRoute } from './transcript-route.ts';

export interface SessionRoutesParts {
  readonly backbone: Pick<GatewaySide, 'readSession' | 'readLog' | 'observe' | 'deleteSession'>;
  readonly observers: Observers;
  readonly log: Logger;
}

const SESSION_PATH = '/stt/sessions/:id';

/** Mounts what is read of a session, watched and forgotten by whoever knows its id. */
export function mountSessionRoutes(app: Express, parts: SessionRoutesParts): void {
  const { backbone } = parts;
  app.get(SESSION_PATH, createSessionRoute(backbone));
  app.delete(SESSION_PATH, createDeleteRoute(backbone));
  app.all(SESSION_PATH, answerMethodNotAllowed('GET, HEAD, DELETE'));
  app.get(`${SESSION_PATH}/transcript`, createTranscriptRoute(backbone));
  app.get(`${SESSION_PATH}/events`, createEventsRoute(parts));
  for (const path of ['transcript', 'events']) app.all(`${SESSION_PATH}/${path}`, answerMethodNotAllowed('GET, HEAD'));
}
