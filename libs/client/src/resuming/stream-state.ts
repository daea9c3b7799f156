import type { ErrorMessage, SessionEnded } from '@verbatim/protocol';
import type { StreamOutcome } from './stream-outcome.ts';
import type { StreamEffect } from './stream-events.ts';

/** What a stream was opened with, as far as its decisions depend on it. */
export interface StreamSettings {
  readonly urlCount: number;
  /** How long the first connection may be tried for; 0: every address once. Units: milliseconds. */
  readonly openWithinMs: number;
  /** A connection that held for so long was a good one: the next failure is a first one again. Units: milliseconds. */
  readonly stableAfterMs: number;
  /** Audio kept although it is acknowledged, since a failover can take an acknowledgement back. Units: bytes. */
  readonly keepBytes: number;
  /** At so much audio without acknowledgement no more is taken. Units: bytes. */
  readonly mostUnacknowledgedBytes: number;
}

/** A connection that carries the session. */
export interface OpenPhase {
  readonly kind: 'open';
  readonly sinceMs: number;
  /** Audio before this byte is held by the gateway or sent over this connection. */
  readonly sentBytes: number;
  readonly isEndSent: boolean;
  /** When something was last heard; or, if later, when the gateway began to owe an answer. */
  readonly quietSinceMs: number;
  readonly lastSentAtMs: number;
  /** Something was acknowledged or said over this connection: it is worth something. */
  readonly hasProgressed: boolean;
  /** After `go_away`: when to go over to another replica. */
  readonly moveAtMs: number | undefined;
  /** The gateway asks for audio that is not kept: unless the session turns out to be over, it is lost. */
  readonly starved: { readonly atByte: number; readonly sinceMs: number } | undefined;
}

export type Phase =
  | { readonly kind: 'connecting'; readonly sinceMs: number }
  | OpenPhase
  | { readonly kind: 'waiting'; readonly untilMs: number }
  | { readonly kind: 'over'; readonly outcome: StreamOutcome };

/** A request for finals. It belongs to a place in the audio and is asked again there if the gateway may not have it. */
export interface FinalizeMark {
  readonly atByte: number;
  readonly isSent: boolean;
}

/** Invariant: `keptFromBytes` ≤ `acknowledgedBytes` ≤ `offeredBytes`, except that a resume may move the middle one back. */
export interface AudioPositions {
  readonly offeredBytes: number;
  readonly acknowledgedBytes: number;
  readonly keptFromBytes: number;
}

/** The whole of a stream's decisions; the bytes themselves are in the shell's ring. */
export interface StreamState {
  readonly settings: StreamSettings;
  readonly phase: Phase;
  readonly session:
    | { readonly id: string; readonly epoch: string; readonly resumeToken: string; readonly resumeWindowMs: number }
    | undefined;
  readonly audio: AudioPositions;
  readonly marks: readonly FinalizeMark[];
  readonly isEndAsked: boolean;
  /** `seq` of the last durable message that was delivered; all before it were, too. */
  readonly lastSeq: number;
  /** The session's last message, once delivered. */
  readonly ended: SessionEnded | undefined;
  /** An `error` whose meaning the next event tells: the reason of a close, or a message by itself. */
  readonly said: ErrorMessage | undefined;
  readonly urlIndex: number;
  /** Connections in a row that did not hold for long. */
  readonly failures: number;
  /** Since when there has been no connection that was worth something. */
  readonly lostAtMs: number;
}

export interface StepResult {
  readonly state: StreamState;
  readonly effects: readonly StreamEffect[];
}

/** A stream before its first connection. */
export function createStreamState(settings: StreamSettings, atMs: number): StreamState {
  return {
    settings,
    phase: { kind: 'waiting', untilMs: atMs },
    session: undefined,
    audio: { offeredBytes: 0, acknowledgedBytes: 0, keptFromBytes: 0 },
    marks: [],
    isEndAsked: false,
    lastSeq: 0,
    ended: undefined,
    said: undefined,
    urlIndex: 0,
    failures: 0,
    lostAtMs: atMs,
  };
}

/** Whether more audio is taken now; the piece that crosses the bound is still taken whole. */
export function hasRoom({ audio, settings }: StreamState): boolean {
  return audio.offeredBytes - audio.acknowledgedBytes < settings.mostUnacknowledgedBytes;
}
