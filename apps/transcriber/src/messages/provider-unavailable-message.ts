import { SttError, toErrorMessage, type ErrorMessage, type SessionId } from '@verbatim/protocol';

/** Sends a client away whose recogniser does not come back; its session is kept, so that it can resume. */
export function providerUnavailableMessage(sessionId: SessionId, atMs: number): ErrorMessage {
  const error = new SttError(
    'provider_unavailable',
    'The recogniser of this session refuses to work, and waiting does not mend it: resume later, or start anew with another provider.',
  );
  // Nobody's request led to this: the session's own id is what the logs can be searched by.
  return toErrorMessage(error, { requestId: sessionId, sessionId, atMs });
}
