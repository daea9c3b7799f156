import type { Seq, SessionEnded, SessionId } from '@verbatim/protocol';

export interface DeletedSession {
  readonly sessionId: SessionId;
  /** As the session was opened with. */
  readonly language: string;
  /** The last durable message that this reader has. */
  readonly deliveredSeq: Seq;
}

/** The last message to whoever is connected to a session when it is deleted. It is stored nowhere, and there is no text left to give. */
export function sessionDeleted({ sessionId, language, deliveredSeq }: DeletedSession): SessionEnded {
  return {
    type: 'session_ended',
    session_id: sessionId,
    text: '',
    confidence: null,
    language,
    audio_ms: 0,
    segments: 0,
    reason: 'deleted',
    seq: deliveredSeq + 1,
  };
}
