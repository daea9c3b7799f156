import type { Response } from 'express';

/** An error in OpenAI's words: the four keys of its body, its status, and what its headers say. */
export class OpenAiError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    {
      status,
      type = 'invalid_request_error',
      param = null,
      code = null,
      retryAfterMs,
    }: {
      readonly status: number;
      readonly type?: string;
      readonly param?: string | null;
      readonly code?: string | null;
      readonly retryAfterMs?: number | undefined;
    },
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What OpenAI says with the statuses that a scripted fault may ask for. */
const REFUSALS: Readonly<Record<number, { readonly type?: string; readonly code?: string; readonly message: string }>> =
  {
    400: { message: 'The request is not as it should be.' },
    401: { code: 'invalid_api_key', message: 'Incorrect API key provided.' },
    403: { code: 'unsupported_country_region_territory', message: 'Country, region, or territory not supported.' },
    404: { code: 'model_not_found', message: 'The model does not exist or you do not have access to it.' },
    429: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached.' },
    500: { type: 'server_error', message: 'The server had an error while processing your request.' },
    503: { type: 'server_error', message: 'The engine is currently overloaded, please try again later.' },
  };

/** The refusal that OpenAI gives with this status. */
export function refusalWith(status: number, retryAfterMs?: number): OpenAiError {
  const { message, ...rest } = REFUSALS[status] ?? { type: 'server_error', message: 'Something went wrong.' };
  return new OpenAiError(message, { status, ...rest, retryAfterMs });
}

/** Answers with the error; anything that is none is one of the server. Does no harm where the client has gone. */
export function sendError(response: Response, error: unknown): void {
  const { status, type, param, code, message, retryAfterMs } = error instanceof OpenAiError ? error : refusalWith(500);
  if (retryAfterMs !== undefined) {
    response.set({ 'retry-after': String(Math.ceil(retryAfterMs / 1000)), 'retry-after-ms': String(retryAfterMs) });
  }
  response.status(status).json({ error: { message, type, param, code } });
}
