import { describe, expect, it } from '@jest/globals';
import { SttError } from '../errors/stt-error.ts';
import { httpErrorBodySchema, toErrorMessage, toHttpErrorBody } from './error-bodies.ts';
import { errorMessageSchema } from './server-messages.ts';

const context = { requestId: 'req-1', atMs: 1_758_305_652_384 };

describe('error bodies', () => {
  it('tell a WebSocket client what happened, when to come back, and nothing of the cause', () => {
    const error = new SttError('overloaded', 'No room.', { retryAfterMs: 1500, cause: new Error('secret') });
    const message = toErrorMessage(error, { ...context, sessionId: 's07-1' });
    expect(message).toEqual({
      type: 'error',
      error: 'No room.',
      timestamp: 1_758_305_652.384,
      code: 'overloaded',
      retryable: true,
      retry_after_ms: 1500,
      request_id: 'req-1',
      session_id: 's07-1',
    });
    expect(errorMessageSchema.parse(message)).toEqual(message);
  });

  it('leave the session out where there is none, and say null where there is nothing to wait for', () => {
    const message = toErrorMessage(new SttError('bad_request', 'No.'), context);
    expect(message).not.toHaveProperty('session_id');
    expect(message.retry_after_ms).toBeNull();
  });

  it('tell an HTTP client the same in the shape of the HTTP errors', () => {
    const body = toHttpErrorBody(new SttError('not_found', 'There is nothing here.', { field: 'id' }), context);
    expect(body).toEqual({
      error: 'There is nothing here.',
      code: 'not_found',
      timestamp: 1_758_305_652.384,
      retryable: false,
      request_id: 'req-1',
    });
    expect(httpErrorBodySchema.parse(body)).toEqual(body);
  });
});
