/**
 * What an emulator does to one request instead of answering it well. Each provider says it in its own way: `refuse` with 429 is
 * RESOURCE_EXHAUSTED at Google's gRPC and `429 rate_limit_exceeded` at OpenAI's REST.
 */
export type Fault =
  /** Answers well, but late. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Refuses with the provider's own error for this HTTP status (400, 401, 403, 429, 500, 503 …). */
  | { readonly kind: 'refuse'; readonly httpStatus: number; readonly retryAfterMs?: number }
  /** Cuts the connection in the middle of the answer: after so much of the request's audio, or after the first part of the answer. */
  | { readonly kind: 'cut'; readonly afterAudioMs?: number }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Answers with bytes that are no answer. */
  | { readonly kind: 'garbage' };

/** Decides, request by request in the order of their arrival (0, 1, 2 …), which fault it meets; `undefined` for none. */
export type FaultScript = (request: number) => Fault | undefined;

/** Meets every request with the same fault, or none. */
export function always(fault: Fault | undefined): FaultScript {
  return () => fault;
}

/** Meets the first requests with these faults, one each, and the rest with none. */
export function inOrder(faults: readonly (Fault | undefined)[]): FaultScript {
  return (request) => faults[request];
}
