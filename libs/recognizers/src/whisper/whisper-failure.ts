import type * as OpenAiLibrary from 'openai';
import { RecognizerError, type RecognizerFailure } from '../recognizer.ts';
import type { Refusal } from './answer-wishes.ts';

type Library = Pick<typeof OpenAiLibrary, 'APIError' | 'APIConnectionError' | 'APIConnectionTimeoutError'>;
type ApiError = InstanceType<typeof OpenAiLibrary.APIError>;

/** How a request ended beside the error it ended with. */
export interface RequestEnd {
  /** Named in messages. */
  readonly model: string;
  /** Our own clock ended it. */
  readonly isExpired: boolean;
  /** A caller ended it, or the recogniser was closed. */
  readonly isCalledOff: boolean;
  /** Wall clock, for a `retry-after` that names a date. Units: milliseconds since 1970. */
  readonly wallMs: number;
}

/** The codes of an account that has nothing left; both come with 429, which otherwise says to come back later. */
const SPENT_CODES = new Set(['insufficient_quota', 'billing_hard_limit_reached']);

/**
 * Classifies what a request failed with, once: nobody after this looks at statuses. The provider's own sentence stays in `cause`, for
 * it may quote what was sent.
 */
export function toRecognizerError(cause: unknown, end: RequestEnd, library: Library): RecognizerError {
  if (cause instanceof RecognizerError) return cause;
  const { model } = end;
  if (end.isCalledOff) return new RecognizerError('The decode was called off.', { failure: 'called_off', cause });
  if (end.isExpired || cause instanceof library.APIConnectionTimeoutError) {
    return new RecognizerError(`The model ${model} did not answer in time.`, { failure: 'timeout', cause });
  }
  if (cause instanceof library.APIConnectionError || !isApiError(cause, library)) {
    const what = cause instanceof library.APIConnectionError ? 'cannot be reached' : 'gave no readable answer';
    return new RecognizerError(`The model ${model} ${what}.`, { failure: 'unavailable', cause });
  }
  const retryAfterMs = retryAfterMsOf(cause, end.wallMs);
  const said = [cause.status, cause.code ?? cause.type].filter((part) => part !== undefined && part !== null).join(' ');
  return new RecognizerError(`The model ${model} refused: ${said || 'an error without a code'}.`, {
    failure: failureOf(cause),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause,
  });
}

/** What the server objects to, where it answered at all. */
export function refusalOf(error: unknown, library: Library): Refusal | undefined {
  if (!isApiError(error, library) || error.status === undefined) return undefined;
  return { status: error.status, complaint: `${error.param ?? ''} ${error.message}` };
}

function isApiError(error: unknown, { APIError }: Library): error is ApiError {
  return error instanceof APIError;
}

function failureOf({ status, code, type }: ApiError): RecognizerFailure {
  if (SPENT_CODES.has(code ?? '') || type === 'insufficient_quota') return 'quota_exhausted';
  if (status === undefined) return failureInStream(code ?? type ?? '');
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 402) return 'quota_exhausted';
  if (status === 404) return 'misconfigured';
  if (status === 408) return 'timeout';
  if (status === 409 || status >= 500) return 'unavailable';
  if (status === 429) return 'rate_limited';
  return 'bad_request';
}

/** An error inside a stream has no status of its own: the answer had begun with 200. */
function failureInStream(code: string): RecognizerFailure {
  if (/rate_limit/.test(code)) return 'rate_limited';
  return /invalid_request/.test(code) ? 'bad_request' : 'unavailable';
}

function retryAfterMsOf({ headers }: ApiError, wallMs: number): number | undefined {
  const exactMs = numberIn(headers?.get('retry-after-ms'));
  if (exactMs !== undefined) return exactMs;
  const text = headers?.get('retry-after') ?? '';
  const seconds = numberIn(text);
  if (seconds !== undefined) return seconds * 1000;
  const untilMs = Date.parse(text) - wallMs;
  return untilMs >= 0 ? untilMs : undefined;
}

function numberIn(text: string | null | undefined): number | undefined {
  const number = text ? Number(text) : NaN;
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}
