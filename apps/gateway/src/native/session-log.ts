import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { Logger } from '@verbatim/observability';
import type { SttError } from '@verbatim/protocol';
import type { AudioPosition } from './audio-progress.ts';
import type { NativeConnection } from './connection.ts';
import type { Entrance } from './entrance.ts';
import type { SessionParts } from './session-parts.ts';

export interface ClosedConnection {
  readonly client: NativeConnection;
  readonly close: { readonly code: number; readonly reason: string };
  /** `undefined` when the session was refused. */
  readonly entrance: Entrance | undefined;
  /** How far the audio came; `undefined` when none could be taken. */
  readonly position: AudioPosition | undefined;
  readonly openMs: number;
}

/** Writes the one line that a connection leaves behind: what it was, how it ended, what it carried. Never what was said. */
export function logConnectionClosed(parts: SessionParts, closed: ClosedConnection): void {
  const { client, close, entrance, position } = closed;
  const carriedSamples = position === undefined ? 0 : position.sample - (entrance?.start.sample ?? 0);
  parts.log.info(
    {
      event: 'connection_closed',
      request_id: client.requestId,
      session_id: entrance?.sessionId,
      entered: entrance?.kind ?? 'refused',
      provider: entrance?.config.provider,
      language: entrance?.config.language,
      code: close.code,
      reason: close.reason,
      open_ms: Math.round(closed.openMs),
      carried_audio_ms: Math.round((carriedSamples * 1000) / PIPELINE_SAMPLE_RATE_HZ),
      session_audio_bytes: position?.clientBytes ?? 0,
      messages_received: client.receivedMessages,
      messages_sent: client.outgoing.sentMessages,
      interims_dropped: client.outgoing.droppedTransients,
    },
    'connection closed',
  );
}

/** Our own defects and what lies behind a sentence that the client gets; what a client did wrong is in its closing line. */
export function logFailure(log: Logger, requestId: string, error: SttError): void {
  if (error.code === 'internal_error')
    log.error({ event: 'defect', request_id: requestId, err: error }, 'a defect on our side');
  else if (error.cause !== undefined)
    log.warn({ event: 'session_failed', request_id: requestId, err: error }, 'session failed');
}
