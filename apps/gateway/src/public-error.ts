import { SttError } from '@verbatim/protocol';
import { spreadRetryMs } from './retry-after.ts';

/**
 * Converts anything thrown into what a client may see. An operator's sentence about Redis names hosts and users; the client gets
 * its own, and the original goes to the log as `cause`.
 */
export function toPublicError(thrown: unknown): SttError {
  const error = SttError.from(thrown);
  return error.code === 'storage_unavailable' ? storageGone(error) : error;
}

export function storageGone(cause?: unknown): SttError {
  return new SttError(
    'storage_unavailable',
    'The storage behind this replica cannot be reached: keep the audio since the last ack, and try again or resume later.',
    { retryAfterMs: spreadRetryMs(), cause },
  );
}
