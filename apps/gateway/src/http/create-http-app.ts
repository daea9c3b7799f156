import type { GatewaySide } from '@verbatim/backbone';
import type { Logger, ProcessHealth } from '@verbatim/observability';
import { buildAsyncApiDocument, buildOpenApiDocument, SttError } from '@verbatim/protocol';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { ChunkEndpoint } from '../chunks/chunk-endpoint.ts';
import { createAccessLog } from './access-log.ts';
import { answerMethodNotAllowed, answerNotFound, createErrorHandler, sendError } from './error-answers.ts';
import type { Observers } from './events/observers.ts';
import { buildHealth, type ProcessFacts } from './health-body.ts';
import { requestIdOf } from './request-id.ts';
import { mountSessionRoutes, type SessionRoutesParts } from './session-routes.ts';
import { buildStats } from './stats-body.ts';

export interface HttpAppOptions {
  readonly backbone: Pick<
    GatewaySide,
    'ping' | 'listNodes' | 'countOpenSessions' | 'readStats' | keyof SessionRoutesParts['backbone']
  >;
  readonly observers: Observers;
  readonly chunks: Pick<ChunkEndpoint, 'handle'>;
  readonly health: ProcessHealth;
  readonly facts: () => ProcessFacts;
  readonly log: Logger;
}

/** The counters of `/streaming/stats` cover the last so many minutes. */
const STATS_WINDOW_MINUTES = 60;

const DOWN_STATUS = 503;
const CHUNK_PATH = '/stt/stream-chunk';

/** Everything over plain HTTP. */
export function createHttpApp(options: HttpAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use((request, response, next) => {
    response.setHeader('x-request-id', requestIdOf(request));
    next();
  });
  app.use(createAccessLog(options.log));
  app.use(helmet());
  mountSessionRoutes(app, options);
  app.post(CHUNK_PATH, options.chunks.handle);
  app.all(CHUNK_PATH, answerMethodNotAllowed('POST'));
  for (const [path, answer] of Object.entries(routesOf(options))) {
    app.get(path, answer);
    app.all(path, answerMethodNotAllowed('GET, HEAD'));
  }
  app.use(answerNotFound);
  app.use(createErrorHandler(options.log));
  return app;
}

function routesOf({ backbone, health, facts }: HttpAppOptions): Readonly<Record<string, RequestHandler>> {
  // The documents come from the code and cannot change while it runs.
  const documents = { openapi: buildOpenApiDocument(), asyncapi: buildAsyncApiDocument() };
  return {
    '/livez': probe(() => health.livez()),
    '/readyz': probe(() => health.readyz()),
    '/startupz': probe(() => health.startupz()),
    '/health': async (_request, response) => {
      const body = buildHealth(await redisCondition(backbone), facts());
      response.status(body.status === 'down' ? DOWN_STATUS : 200).json(body);
    },
    '/streaming/stats': async (_request, response) => {
      const [activeSessions, counters, nodes] = await Promise.all([
        backbone.countOpenSessions(),
        backbone.readStats(STATS_WINDOW_MINUTES),
        backbone.listNodes(),
      ]);
      response.json(buildStats({ activeSessions, windowMinutes: STATS_WINDOW_MINUTES, counters, nodes }));
    },
    '/openapi.json': (_request, response) => void response.json(documents.openapi),
    '/asyncapi.json': (_request, response) => void response.json(documents.asyncapi),
    '/stt/stream': (_request, response) => {
      sendError(response, new SttError('bad_request', 'This address speaks WebSocket: connect with ws:// or wss://.'));
    },
  };
}

function probe(ask: () => ReturnType<ProcessHealth['livez']>): RequestHandler {
  return (_request, response) => {
    const { httpStatus, body } = ask();
    response.status(httpStatus).json(body);
  };
}

async function redisCondition(backbone: HttpAppOptions['backbone']) {
  try {
    const [pingMs, nodes] = await Promise.all([backbone.ping(), backbone.listNodes()]);
    return { isUp: true, pingMs, nodes } as const;
  } catch {
    return { isUp: false } as const;
  }
}
