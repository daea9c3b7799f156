import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ERROR_TABLE } from '../errors/error-table.ts';
import { chunkAnswerSchema } from '../http/chunk-answer.ts';
import { AUDIO_PART, chunkFormSchema } from '../http/chunk-form.ts';
import { healthSchema, statsSchema } from '../http/health-and-stats.ts';
import { probeSchema } from '../http/probe.ts';
import { sessionViewSchema } from '../http/session-view.ts';
import { clientMessageSchema } from '../messages/client-messages.ts';
import { httpErrorBodySchema } from '../messages/error-bodies.ts';
import { serverMessageSchema } from '../messages/server-messages.ts';
import { sessionConfigSchema } from '../session/session-config.ts';
import { resumeQuerySchema } from '../session/stream-query.ts';
import { buildAsyncApiDocument } from './asyncapi-document.ts';
import type { JsonObject } from './json-schema.ts';
import { buildOpenApiDocument } from './openapi-document.ts';

const QUERY_NAMES = [...Object.keys(sessionConfigSchema.shape), ...Object.keys(resumeQuerySchema.shape)];
const BODY_SCHEMAS: Record<string, z.ZodType> = {
  Health: healthSchema,
  StreamingStats: statsSchema,
  Probe: probeSchema,
  SessionView: sessionViewSchema,
  ChunkAnswer: chunkAnswerSchema,
  Error: httpErrorBodySchema,
};

interface Example {
  readonly schema: { readonly $ref?: string; readonly type?: string };
  readonly example?: unknown;
}

/** Every object inside a document, itself included. */
function objectsOf(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(objectsOf);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

function resolve(document: JsonObject, pointer: string): unknown {
  const steps = pointer.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  );
}

describe.each([
  ['OpenAPI', buildOpenApiDocument],
  ['AsyncAPI', buildAsyncApiDocument],
])('the %s document', (_name, build) => {
  it('is the same text every time', () => {
    expect(JSON.stringify(build())).toBe(JSON.stringify(build()));
  });

  it('has no reference that leads nowhere', () => {
    const document = build();
    const references = objectsOf(document).flatMap((object) =>
      typeof object['$ref'] === 'string' ? [object['$ref']] : [],
    );
    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((reference) => resolve(document, reference) === undefined)).toEqual([]);
  });

  it('survives JSON: nothing in it is undefined, a date or a function', () => {
    const document = build();
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('holds every row of the error table', () => {
    const rows = build()['x-error-table'] as { code: string; close_code: number }[];
    expect(rows.map(({ code }) => code)).toEqual(Object.keys(ERROR_TABLE));
  });
});

describe('the OpenAPI document', () => {
  const document = buildOpenApiDocument();

  it('has the addresses of the gateway', () => {
    expect(Object.keys(document['paths'] as object).sort()).toEqual([
      '/asyncapi.json',
      '/health',
      '/livez',
      '/openapi.json',
      '/readyz',
      '/startupz',
      '/streaming/stats',
      '/stt/sessions/{session_id}',
      '/stt/sessions/{session_id}/events',
      '/stt/sessions/{session_id}/transcript',
      '/stt/stream',
      '/stt/stream-chunk',
    ]);
  });

  it('has every query parameter of the stream with its default, and none twice', () => {
    const parameters = resolve(document, '#/paths/~1stt~1stream/get/parameters') as {
      name: string;
      schema: JsonObject;
    }[];
    expect(parameters.map(({ name }) => name)).toEqual(QUERY_NAMES);
    const sampleRate = parameters.find(({ name }) => name === 'sample_rate');
    expect(sampleRate).toMatchObject({
      required: false,
      schema: { type: 'integer', minimum: 8000, maximum: 48000, default: 16000 },
    });
    expect(parameters.filter((parameter) => 'required' in parameter && parameter.required === true)).toEqual([]);
  });

  it('has every part of an upload, none of them required', () => {
    const pointer = '#/paths/~1stt~1stream-chunk/post/requestBody/content/multipart~1form-data/schema';
    const form = resolve(document, pointer) as { properties: object; required?: unknown };
    expect(Object.keys(form.properties)).toEqual([AUDIO_PART, ...Object.keys(chunkFormSchema.shape)]);
    expect(form.required).toBeUndefined();
  });

  it('has examples that its own schemas accept', () => {
    const examples = objectsOf(document).filter(
      (object): object is Record<string, unknown> & Example => 'example' in object,
    );
    expect(examples.length).toBeGreaterThanOrEqual(8);
    for (const { schema, example } of examples) {
      const name = schema.$ref?.split('/').at(-1) ?? '';
      const body = schema.type === 'string' ? z.string() : BODY_SCHEMAS[name];
      expect(body?.parse(example)).toEqual(example);
    }
  });

  it('describes each operation by an id of its own', () => {
    const ids = objectsOf(document).flatMap((object) => ('operationId' in object ? [object['operationId']] : []));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the AsyncAPI document', () => {
  const document = buildAsyncApiDocument();
  const messages = resolve(document, '#/components/messages') as Record<string, { examples?: { payload: unknown }[] }>;

  it.each(clientMessageSchema.options.map((schema) => schema.shape.type.value))(
    'has the client message %s with an example that parses',
    (type) => {
      const payload = messages[type]?.examples?.[0]?.payload;
      expect(clientMessageSchema.parse(payload)).toEqual(payload);
    },
  );

  it.each(serverMessageSchema.options.map((schema) => schema.shape.type.value))(
    'has the server message %s with an example that parses',
    (type) => {
      const payload = messages[type]?.examples?.[0]?.payload;
      expect(serverMessageSchema.parse(payload)).toEqual(payload);
    },
  );

  it('has every query parameter in the binding of the channel, none required', () => {
    const query = resolve(document, '#/channels/stream/bindings/ws/query') as {
      properties: object;
      required?: unknown;
    };
    expect(Object.keys(query.properties)).toEqual(QUERY_NAMES);
    expect(query.required).toBeUndefined();
  });

  it('gives every operation messages of its channel only', () => {
    const references = objectsOf(document['operations']).flatMap((object) =>
      '$ref' in object ? [String(object['$ref'])] : [],
    );
    expect(references.filter((reference) => !reference.startsWith('#/channels/stream'))).toEqual([]);
  });
});
