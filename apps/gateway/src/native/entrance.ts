import {
  parseStreamQuery,
  type OpenSessionConfig,
  type ResumeRequest,
  type Seq,
  type SessionConfig,
  type SessionId,
  type SessionResumed,
  type SessionStarted,
} from '@verbatim/protocol';
import { toAudioFormat } from './audio-format.ts';
import type { AudioPosition } from './audio-path.ts';
import { sessionResumed, sessionStarted } from './opening-messages.ts';
import { beyondTheLog } from './session-errors.ts';
import type { SessionParts } from './session-parts.ts';

/** A session that this connection now holds, and where it goes on. */
export interface Entrance {
  readonly kind: 'opened' | 'resumed';
  readonly sessionId: SessionId;
  readonly connection: number;
  readonly config: OpenSessionConfig;
  /** Its transcript is complete: stored messages follow and nothing else. */
  readonly hasEnded: boolean;
  /** Stored messages after this one are sent. */
  readonly afterSeq: Seq;
  readonly start: AudioPosition;
  /** The first message to the client. */
  readonly greeting: SessionStarted | SessionResumed;
}

/**
 * Opens or resumes the session that the query of an upgrade asks for.
 * @throws SttError saying what the client should do
 */
export async function enterSession(parts: SessionParts, query: URLSearchParams): Promise<Entrance> {
  const parsed = parseStreamQuery(query);
  return parsed.kind === 'open' ? open(parts, parsed.config) : resume(parts, parsed.resume);
}

async function open(parts: SessionParts, asked: SessionConfig): Promise<Entrance> {
  toAudioFormat(asked);
  const config = { ...asked, provider: await parts.fleet.choose(asked) };
  const opened = await parts.backbone.openSession(config);
  parts.counters.sessionsOpened += 1;
  return {
    kind: 'opened',
    sessionId: opened.sessionId,
    connection: opened.connection,
    config,
    hasEnded: false,
    afterSeq: 0 as Seq,
    start: { sample: 0, clientBytes: 0 },
    greeting: sessionStarted(opened, config, parts.resumeWindowMs),
  };
}

async function resume(parts: SessionParts, { sessionId, resumeToken, lastSeq }: ResumeRequest): Promise<Entrance> {
  const resumed = await parts.backbone.resumeSession(sessionId, resumeToken);
  parts.counters.sessionsResumed += 1;
  if (lastSeq > resumed.lastSeq) {
    await parts.backbone.detach(sessionId, resumed.connection);
    throw beyondTheLog(lastSeq, resumed.lastSeq);
  }
  return {
    kind: 'resumed',
    sessionId,
    connection: resumed.connection,
    config: resumed.config,
    hasEnded: resumed.state === 'ended',
    afterSeq: lastSeq,
    start: resumed.audio,
    greeting: sessionResumed(resumed, lastSeq, parts.resumeWindowMs),
  };
}
