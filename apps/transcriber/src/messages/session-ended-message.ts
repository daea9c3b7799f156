import type { DurableMessage } from '@verbatim/backbone';
import type {
  EndReason,
  OpenSessionConfig,
  Seq,
  ServerMessage,
  SessionEnded,
  SessionId,
  Transcription,
} from '@verbatim/protocol';
import { toMs } from './milliseconds.ts';

export interface EndedSession {
  readonly sessionId: SessionId;
  readonly config: OpenSessionConfig;
  /** Everything durable that was said in the session so far. */
  readonly log: readonly DurableMessage[];
  readonly audioSamples: number;
  readonly reason: EndReason;
}

/** The last message of a session: its whole text is what the log holds, whoever wrote it. */
export function sessionEndedMessage(ended: EndedSession, seq: Seq): SessionEnded {
  const finals = ended.log.map((message) => JSON.parse(message.json) as ServerMessage).filter(isFinal);
  const spoken = finals.filter((final) => final.text !== '');
  return {
    type: 'session_ended',
    session_id: ended.sessionId,
    text: spoken.map((final) => final.text).join(' '),
    confidence: meanConfidence(spoken),
    language: spoken.at(-1)?.language ?? ended.config.language,
    audio_ms: toMs(ended.audioSamples),
    segments: finals.length,
    reason: ended.reason,
    seq,
  };
}

function isFinal(message: ServerMessage): message is Transcription {
  return message.type === 'transcription' && message.is_final;
}

/** Mean over the finals that have a confidence, weighted by their duration; `null` when none has. */
function meanConfidence(finals: readonly Transcription[]): number | null {
  let weighted = 0;
  let totalMs = 0;
  for (const { confidence, start_ms, end_ms } of finals) {
    if (confidence === null) continue;
    weighted += confidence * (end_ms - start_ms);
    totalMs += end_ms - start_ms;
  }
  return totalMs === 0 ? null : weighted / totalMs;
}
