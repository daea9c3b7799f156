import type { ResumedSession } from '@verbatim/backbone';
import { SttError, type ResumeRequest, type Seq, type ServerMessage, type SessionId } from '@verbatim/protocol';
import type { Entrance } from './entrance.ts';
import { sessionResumed } from './opening-messages.ts';
import { beyondTheLog, unrecoverable } from './session-errors.ts';
import type { SessionParts } from './session-parts.ts';

/**
 * A client may know so many messages more than the log holds. A failover of Redis can take back commits that were delivered
 * already: `last_seq` is then 9 and the log ends at 7. Finals are a pure function of the audio, which the client sends again
 * from the position that it is told, so 8 and 9 are made once more with the same text; being known, they are not sent twice.
 * 64 finals are more than any session commits in the seconds that a failover can take back (measured: at most 14 s).
 */
const MAX_SEQS_AHEAD = 64;

/**
 * Takes over a session from whichever replica held it. Never refused for lack of a place: it has one.
 * @throws SttError saying what the client should do
 */
export async function resumeSession(parts: SessionParts, request: ResumeRequest): Promise<Entrance> {
  const { sessionId, lastSeq } = request;
  const resumed = await takeOver(parts, request);
  await refuseWhatIsNotRecovered(parts, resumed, lastSeq);
  return {
    kind: 'resumed',
    sessionId,
    connection: resumed.connection,
    config: resumed.config,
    hasEnded: resumed.state === 'ended',
    afterSeq: lastSeq,
    start: resumed.audio,
    ...(resumed.mediaHeader === undefined ? {} : { mediaHeader: resumed.mediaHeader }),
    greeting: sessionResumed(resumed, lastSeq, parts.resumeWindowMs),
  };
}

async function takeOver({ backbone }: SessionParts, request: ResumeRequest): Promise<ResumedSession> {
  const { sessionId, resumeToken } = request;
  try {
    return await backbone.resumeSession(sessionId, resumeToken);
  } catch (thrown) {
    const error = SttError.from(thrown);
    if (error.code !== 'resume_unrecoverable') throw error;
    throw unrecoverable(sessionId, { isReadable: await isReadable(backbone, sessionId) });
  }
}

/** `recovered: true` is a promise that nothing is missing and nothing changed; here it would not be true. */
async function refuseWhatIsNotRecovered(parts: SessionParts, resumed: ResumedSession, lastSeq: Seq): Promise<void> {
  const { sessionId, connection, state } = resumed;
  const hasEnded = state === 'ended';
  if (hasEnded && (await wasGivenUp(parts, resumed))) throw unrecoverable(sessionId, { isReadable: true });
  // Nothing is added to the log of a session that has ended.
  const maxSeq = resumed.lastSeq + (hasEnded ? 0 : MAX_SEQS_AHEAD);
  if (lastSeq <= maxSeq) return;
  if (!hasEnded) await parts.backbone.detach(sessionId, connection);
  throw beyondTheLog(lastSeq, resumed.lastSeq);
}

/** It was ended because nobody came back in time: the audio that the client still has is in no final. */
async function wasGivenUp({ backbone }: SessionParts, { sessionId, lastSeq }: ResumedSession): Promise<boolean> {
  const [last] = await backbone.readLog(sessionId, (lastSeq - 1) as Seq);
  if (last === undefined) return false;
  const message = JSON.parse(last.json) as ServerMessage;
  return message.type === 'session_ended' && message.reason === 'idle';
}

async function isReadable(backbone: SessionParts['backbone'], sessionId: SessionId): Promise<boolean> {
  return backbone.readSession(sessionId).then(
    (snapshot) => snapshot !== undefined,
    () => false,
  );
}
