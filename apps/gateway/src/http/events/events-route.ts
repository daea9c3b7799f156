import type { GatewaySide, SessionSnapshot } from '@verbatim/backbone';
import type { Logger } from '@verbatim/observability';
import { SttError, type Seq } from '@verbatim/protocol';
import type { Request, RequestHandler, Response } from 'express';
import { storedSession } from '../stored-session.ts';
import { retryText } from './event-text.ts';
import { Observer } from './observer.ts';
import type { Observers } from './observers.ts';

export interface EventsRouteParts {
  readonly backbone: Pick<GatewaySide, 'readSession' | 'readLog' | 'observe'>;
  readonly observers: Observers;
  readonly log: Logger;
}

/** After a cut an `EventSource` comes back so soon: nothing is lost meanwhile, and a replica that died is out of rotation. */
const RETRY_MS = 2000;

const NO_CONTENT = 204;

/** Numbers that are exact, and no sign, blank or fraction. */
const SEQ = /^\d{1,15}$/;

/**
 * `GET /stt/sessions/:id/events`: server-sent events for any number of observers, at any replica.
 *
 * An observer that has everything of a session that is over gets 204: that is what stops an `EventSource`, which comes back after every end.
 */
export function createEventsRoute(parts: EventsRouteParts): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const afterSeq = lastEventId(request);
    const snapshot = await storedSession(parts.backbone, request.params.id);
    if (isAllRead(snapshot, afterSeq)) return void response.status(NO_CONTENT).end();
    // Nothing is awaited between this and the place being taken.
    parts.observers.checkRoom();
    if (response.destroyed) return;
    beginStream(response);
    if (request.method === 'HEAD') return void response.end();
    await observe(parts, { response, snapshot, afterSeq });
  };
}

interface Watching {
  readonly response: Response;
  readonly snapshot: SessionSnapshot;
  readonly afterSeq: Seq;
}

async function observe(parts: EventsRouteParts, { response, snapshot, afterSeq }: Watching): Promise<void> {
  const requestId = response.getHeader('x-request-id') as string;
  const { backbone, observers } = parts;
  const { limits } = observers;
  const { sessionId, config } = snapshot;
  const observer = new Observer(
    { backbone, limits, response, requestId, sessionId, language: config.language },
    afterSeq,
  );
  observers.add(observer, (listener) => response.once('close', listener));
  try {
    await observer.start();
  } catch (error) {
    // The answer has begun: cut off, it is asked for again from where it came to.
    parts.log.warn({ event: 'observing_failed', request_id: requestId, err: error }, 'an observer was cut off');
    observer.cut();
  }
}

function beginStream(response: Response): void {
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  // Some proxies collect an answer before they pass it on, unless they are told not to.
  response.setHeader('x-accel-buffering', 'no');
  response.flushHeaders();
  response.write(retryText(RETRY_MS));
}

function isAllRead({ state, lastSeq }: SessionSnapshot, afterSeq: Seq): boolean {
  return state === 'ended' && afterSeq >= lastSeq;
}

function lastEventId(request: Request<{ id: string }>): Seq {
  const given = request.get('last-event-id') ?? '';
  if (given === '') return 0 as Seq;
  if (SEQ.test(given)) return Number(given) as Seq;
  throw new SttError(
    'bad_request',
    'The header Last-Event-ID is not an id of this stream: send a seq, or leave it out.',
    {
      field: 'Last-Event-ID',
    },
  );
}
