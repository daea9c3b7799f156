import { RecognizerError, type RecognizerFailure } from '../recognizer.ts';

/** What ended a call: the SDK's error, of which only these parts are read. */
export interface GoogleStatus {
  readonly code?: number;
  readonly details?: string;
  readonly message?: string;
  /** `google.rpc.*` messages that came with the status. */
  readonly statusDetails?: readonly unknown[];
}

export interface GoogleVerdict {
  readonly name: string;
  readonly failure: RecognizerFailure;
  /** The next stream may well succeed with the same audio: a limit was reached, or the connection broke. */
  readonly mayReplay: boolean;
  readonly retryAfterMs?: number;
}

interface CodeRow {
  readonly name: string;
  readonly failure: RecognizerFailure | ((details: string) => RecognizerFailure);
  readonly mayReplay: boolean;
}

/**
 * Every gRPC code, classified here and nowhere else. A call that we cancelled ourselves is not asked about, so CANCELLED comes from
 * the other side. ABORTED and OUT_OF_RANGE are how Google ends a stream that is too old or got no audio (v2 and v1).
 */
export const GOOGLE_CODES: readonly CodeRow[] = [
  { name: 'OK', failure: 'unavailable', mayReplay: true },
  { name: 'CANCELLED', failure: 'unavailable', mayReplay: true },
  { name: 'UNKNOWN', failure: 'unavailable', mayReplay: true },
  { name: 'INVALID_ARGUMENT', failure: invalidArgument, mayReplay: false },
  { name: 'DEADLINE_EXCEEDED', failure: 'timeout', mayReplay: false },
  { name: 'NOT_FOUND', failure: 'misconfigured', mayReplay: false },
  { name: 'ALREADY_EXISTS', failure: 'misconfigured', mayReplay: false },
  { name: 'PERMISSION_DENIED', failure: 'unauthorized', mayReplay: false },
  { name: 'RESOURCE_EXHAUSTED', failure: resourceExhausted, mayReplay: false },
  { name: 'FAILED_PRECONDITION', failure: 'misconfigured', mayReplay: false },
  { name: 'ABORTED', failure: 'unavailable', mayReplay: true },
  { name: 'OUT_OF_RANGE', failure: 'unavailable', mayReplay: true },
  { name: 'UNIMPLEMENTED', failure: 'misconfigured', mayReplay: false },
  { name: 'INTERNAL', failure: 'unavailable', mayReplay: true },
  { name: 'UNAVAILABLE', failure: 'unavailable', mayReplay: true },
  { name: 'DATA_LOSS', failure: 'unavailable', mayReplay: true },
  { name: 'UNAUTHENTICATED', failure: 'unauthorized', mayReplay: false },
];

const UNKNOWN_CODE: CodeRow = { name: 'UNKNOWN', failure: 'unavailable', mayReplay: true };

/** Says what a status means for us. */
export function judge(status: GoogleStatus): GoogleVerdict {
  const details = `${status.details ?? ''} ${status.message ?? ''}`;
  const row = GOOGLE_CODES[status.code ?? -1] ?? UNKNOWN_CODE;
  if (isAboutCredentials(details)) return { name: row.name, failure: 'unauthorized', mayReplay: false };
  const retryAfterMs = retryDelayMs(status.statusDetails ?? []);
  return {
    name: row.name,
    failure: typeof row.failure === 'string' ? row.failure : row.failure(details),
    mayReplay: row.mayReplay,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Google's own words may name projects and accounts: they go into the cause, which is logged, and not into the message. */
export function toError(
  { name, failure, retryAfterMs }: GoogleVerdict,
  { cause, failedRequests }: { readonly cause: unknown; readonly failedRequests: number },
): RecognizerError {
  const details = { failure, failedRequests, cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new RecognizerError(`Google ended the stream: ${name}.`, details);
}

/** The token could not be had, which grpc-js reports under the code of whatever went wrong there. */
function isAboutCredentials(details: string): boolean {
  return /default credentials|metadata from plugin failed|invalid_grant/i.test(details);
}

/** A language or audio that the model does not take is the session's; a model or a place that does not exist is ours. */
function invalidArgument(details: string): RecognizerFailure {
  if (/language|audio/i.test(details)) return 'bad_request';
  return /model|recognizer|location|region|project|config|feature/i.test(details) ? 'misconfigured' : 'bad_request';
}

/** A quota per minute comes back by itself; one per day, or an account without money, does not. */
function resourceExhausted(details: string): RecognizerFailure {
  return /per day|daily|billing/i.test(details) ? 'quota_exhausted' : 'rate_limited';
}

const MS_PER_SECOND = 1000;
const NANOS_PER_MS = 1e6;

/** Reads `google.rpc.RetryInfo`. */
function retryDelayMs(details: readonly unknown[]): number | undefined {
  for (const detail of details) {
    const delay = (detail as { readonly retryDelay?: { readonly seconds?: unknown; readonly nanos?: number } })
      .retryDelay;
    if (delay === undefined) continue;
    return Number(delay.seconds ?? 0) * MS_PER_SECOND + (delay.nanos ?? 0) / NANOS_PER_MS;
  }
  return undefined;
}
