import type {
  OpenSessionConfig,
  Seq,
  SessionConfig,
  SessionId,
  SessionResumed,
  SessionStarted,
} from '@verbatim/protocol';
import type { Place } from '../fleet/places.ts';
import type { AudioPosition } from './audio-progress.ts';
import { sessionStarted } from './opening-messages.ts';
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
  /** Packed audio that goes on: the beginning of its file. */
  readonly mediaHeader?: Uint8Array;
  /** The first message to the client. */
  readonly greeting: SessionStarted | SessionResumed;
}

/**
 * Opens a new session, if the fleet has a place for it.
 * @throws SttError saying what the client should do
 */
export async function openSession(parts: SessionParts, asked: SessionConfig): Promise<Entrance> {
  const place = await parts.fleet.admit(asked);
  try {
    return await openWith(parts, asked, place);
  } finally {
    place.settle();
  }
}

async function openWith(parts: SessionParts, asked: SessionConfig, place: Place): Promise<Entrance> {
  const config = { ...asked, provider: place.provider, fallbacks: [...place.fallbacks] };
  const opened = await parts.backbone.openSession(config);
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
