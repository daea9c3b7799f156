import { z } from 'zod';
import { ERROR_TABLE } from '../errors/error-table.ts';
import { healthSchema, statsSchema } from '../http/health-and-stats.ts';
import { probeSchema } from '../http/probe.ts';
import { chunkAnswerSchema } from '../http/chunk-answer.ts';
import { sessionViewSchema } from '../http/session-view.ts';
import { httpErrorBodySchema } from '../messages/error-bodies.ts';
import { sessionConfigSchema } from '../session/session-config.ts';
import { resumeQuerySchema } from '../session/stream-query.ts';
import { errorTableRows, PROTOCOL_VERSION } from './document-info.ts';
import { DOWN_EXAMPLE, HEALTH_EXAMPLE, HTTP_ERROR_EXAMPLE, PROBE_EXAMPLE, STATS_EXAMPLE } from './http-examples.ts';
import { toJsonSchema, type JsonObject } from './json-schema.ts';
import { chunkPaths } from './openapi-chunks.ts';
import { errors, json, queryParameters } from './openapi-parts.ts';
import { sessionPaths } from './openapi-sessions.ts';

/**
 * Builds the OpenAPI 3.1 document of the gateway from the schemas it validates with. Pure: the same code gives the same text.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function buildOpenApiDocument(): JsonObject {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Verbatim',
      version: PROTOCOL_VERSION,
      summary: 'Streaming speech-to-text gateway.',
      description:
        'Live audio in over WebSocket, stable text out. The messages of the WebSocket are in /asyncapi.json.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [],
    tags: [
      { name: 'streaming', description: 'Live sessions.' },
      { name: 'operations', description: 'Health, figures, documents.' },
    ],
    paths: paths(),
    components: { schemas: schemas(), responses: { Error: errorResponse() } },
    'x-error-table': errorTableRows(),
  };
}

function paths(): JsonObject {
  return {
    '/stt/stream': { get: streamOperation() },
    ...chunkPaths(),
    ...sessionPaths(),
    '/streaming/stats': { get: statsOperation() },
    '/health': {
      get: {
        operationId: 'getHealth',
        tags: ['operations'],
        summary: 'Overall status, and the status of Redis and of each recogniser.',
        description: 'For people and monitors; load balancers ask /readyz.',
        responses: {
          200: json('Sessions can be served; `status` is `ok` or `degraded`.', 'Health', HEALTH_EXAMPLE),
          503: json('No session can be served; `status` is `down`.', 'Health', DOWN_EXAMPLE),
        },
      },
    },
    '/livez': { get: probe('getLiveness', "This process's event loop answers; no dependency counts.") },
    '/readyz': { get: probe('getReadiness', 'New sessions may be sent to this replica.') },
    '/startupz': { get: probe('getStartup', 'This replica has finished starting.') },
    '/openapi.json': { get: documentOperation('getOpenApi', 'This document.') },
    '/asyncapi.json': { get: documentOperation('getAsyncApi', 'The AsyncAPI 3.0 document of the WebSocket.') },
  };
}

function streamOperation(): JsonObject {
  return {
    operationId: 'openStream',
    tags: ['streaming'],
    summary: 'Opens a WebSocket that takes audio and answers text.',
    description:
      'With `session_id` and `resume_token` an existing session is resumed and the other parameters are ignored. Unknown ' +
      'parameters are an error. What is wrong with them is told after the upgrade, where browsers can see it: an `error` ' +
      'message, then a close code of the error table. A request without an upgrade is answered 400.',
    parameters: [...queryParameters(sessionConfigSchema), ...queryParameters(resumeQuerySchema, { isOptional: true })],
    responses: {
      101: { description: 'Switching to the WebSocket protocol; the messages are in /asyncapi.json.' },
      ...errors('bad_request'),
    },
  };
}

function statsOperation(): JsonObject {
  return {
    operationId: 'getStreamingStats',
    tags: ['operations'],
    summary: 'Sessions, requests, latency, audio and lag over all replicas, from Redis.',
    responses: {
      200: json('The figures of the last minutes.', 'StreamingStats', STATS_EXAMPLE),
      ...errors('storage_unavailable'),
    },
  };
}

function probe(operationId: string, summary: string): JsonObject {
  return {
    operationId,
    tags: ['operations'],
    summary,
    responses: {
      200: json('Yes.', 'Probe', PROBE_EXAMPLE),
      503: json('No; `checks` says why.', 'Probe', {
        status: 'unavailable',
        checks: { started: { ok: false, reason: 'still starting' } },
      }),
    },
  };
}

function documentOperation(operationId: string, summary: string): JsonObject {
  return {
    operationId,
    tags: ['operations'],
    summary,
    responses: {
      200: { description: 'The document.', content: { 'application/json': { schema: { type: 'object' } } } },
    },
  };
}

function schemas(): JsonObject {
  const error = toJsonSchema(httpErrorBodySchema.extend({ code: z.enum(Object.keys(ERROR_TABLE)) }));
  return {
    Health: toJsonSchema(healthSchema),
    StreamingStats: toJsonSchema(statsSchema),
    Probe: toJsonSchema(probeSchema),
    SessionView: toJsonSchema(sessionViewSchema),
    ChunkAnswer: toJsonSchema(chunkAnswerSchema),
    Error: { ...error, description: 'What went wrong and what to do; `code` is a row of `x-error-table`.' },
  };
}

function errorResponse(): JsonObject {
  return json('An error of the error table; `Retry-After` where it says back off.', 'Error', HTTP_ERROR_EXAMPLE);
}
