import type { DurableMessage, SessionSnapshot } from '@verbatim/backbone';
import {
  serverMessageSchema,
  type ServerMessage,
  type SessionEnded,
  type SessionSegment,
  type SessionView,
  type Transcription,
} from '@verbatim/protocol';

/** Builds the body of `GET /stt/sessions/:id` from the record and the log: the same on every replica. */
export function buildSessionView(snapshot: SessionSnapshot, log: readonly DurableMessage[]): SessionView {
  const messages = log.flatMap(readMessage);
  const segments = messages
    .filter(isFinal)
    .map(toSegment)
    .filter(({ text }) => text !== '');
  // The log is read after the record: what it says of the end is newer.
  const ended = messages.find(isEnd);
  return {
    session_id: snapshot.sessionId,
    state: ended === undefined ? snapshot.state : 'ended',
    language: snapshot.config.language,
    provider: snapshot.config.provider,
    epoch: snapshot.epoch,
    last_seq: Math.max(snapshot.lastSeq, log.at(-1)?.seq ?? 0),
    transcript: segments.map(({ text }) => text).join(' '),
    segments,
    ...(ended === undefined ? {} : { reason: ended.reason }),
  };
}

/** A message of a newer version that is not understood is left out; the rest is still worth reading. */
function readMessage({ json }: DurableMessage): readonly ServerMessage[] {
  const { data } = serverMessageSchema.safeParse(JSON.parse(json));
  return data === undefined ? [] : [data];
}

function isFinal(message: ServerMessage): message is Transcription {
  return message.type === 'transcription' && message.is_final;
}

function isEnd(message: ServerMessage): message is SessionEnded {
  return message.type === 'session_ended';
}

function toSegment(final: Transcription): SessionSegment {
  const { seq, segment_id, channel, start_ms, end_ms, text, confidence, language, provider, words } = final;
  return {
    ...{ seq, segment_id, channel, start_ms, end_ms, text, confidence, language, provider },
    ...(words === undefined ? {} : { words }),
  };
}
