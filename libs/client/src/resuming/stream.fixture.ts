import type { ServerMessage, SessionEnded, SessionResumed, SessionStarted, Transcription } from '@verbatim/protocol';
import { step } from './step.ts';
import type { StreamEffect, StreamEvent } from './stream-events.ts';
import { createStreamState, type StreamSettings, type StreamState } from './stream-state.ts';

export const SESSION_ID = `s07-${'0'.repeat(32)}`;

export const SETTINGS: StreamSettings = {
  urlCount: 1,
  openWithinMs: 0,
  stableAfterMs: 30_000,
  keepBytes: 1_000,
  mostUnacknowledgedBytes: 1_000,
};

export function started(part: Partial<SessionStarted> = {}): SessionStarted {
  return {
    type: 'session_started',
    session_id: SESSION_ID,
    language: 'en',
    provider: 'ledger',
    sample_rate: 16_000,
    chunk_size: 1024,
    encoding: 'pcm_s16le',
    channels: 1,
    resume_token: 'token-1',
    resume_window_s: 300,
    epoch: 'e1',
    ...part,
  };
}

export function resumed(audioBytes: number, part: Partial<SessionResumed> = {}): SessionResumed {
  return {
    type: 'session_resumed',
    recovered: true,
    session_id: SESSION_ID,
    epoch: 'e1',
    audio_bytes: audioBytes,
    from_seq: 0,
    resume_token: 'token-2',
    resume_window_s: 300,
    ...part,
  };
}

export function final(seq: number, part: Partial<Transcription> = {}): Transcription {
  return {
    type: 'transcription',
    text: `w${seq}`,
    is_final: true,
    confidence: null,
    language: 'en',
    timestamp: '2025-09-19T18:14:07.128490',
    session_id: SESSION_ID,
    seq,
    segment_id: seq,
    revision: 1,
    start_ms: 0,
    end_ms: 100,
    channel: 0,
    provider: 'ledger',
    speech_final: true,
    stable_chars: 0,
    ...part,
  };
}

export function ended(seq: number): SessionEnded {
  return {
    type: 'session_ended',
    session_id: SESSION_ID,
    text: 'all of it',
    confidence: null,
    language: 'en',
    audio_ms: 100,
    segments: 1,
    reason: 'client_end',
    seq,
  };
}

export function ack(audioBytes: number): ServerMessage {
  return { type: 'ack', audio_bytes: audioBytes };
}

type Said = StreamEvent extends infer Event
  ? Event extends StreamEvent
    ? Omit<Event, 'atMs' | 'chance'>
    : never
  : never;

/** A stream with a clock that a test moves, and what its last step wants to have done. */
export function createStream(settings: Partial<StreamSettings> = {}) {
  let state: StreamState = createStreamState({ ...SETTINGS, ...settings }, 0);
  let atMs = 0;
  const happen = (event: Said, chance = 0.5): readonly StreamEffect[] => {
    const result = step(state, { ...event, atMs, chance });
    state = result.state;
    return result.effects;
  };
  return {
    happen,
    state: () => state,
    nowMs: () => atMs,
    /** Moves the clock and lets the core look at it. */
    pass(byMs: number, chance?: number) {
      atMs += byMs;
      return happen({ kind: 'TimePassed' }, chance);
    },
    offer: (bytes: number) => happen({ kind: 'AudioOffered', bytes }),
    receive: (message: ServerMessage) => happen({ kind: 'MessageReceived', message }),
    lose: (code: number, chance?: number) => happen({ kind: 'LinkClosed', close: { code, reason: '' } }, chance),
  };
}

/** A stream with an open session. */
export function createOpenStream(settings: Partial<StreamSettings> = {}, part: Partial<SessionStarted> = {}) {
  const stream = createStream(settings);
  stream.happen({ kind: 'Started' });
  stream.receive(started(part));
  return stream;
}

/** What goes over the wire, and what the reader gets, in words. */
export function inWords(effects: readonly StreamEffect[]): readonly string[] {
  return effects.flatMap((effect) => {
    switch (effect.kind) {
      case 'Connect':
        return `connect ${effect.urlIndex}${effect.resume === undefined ? '' : ` ${effect.resume.resumeToken} after ${effect.resume.lastSeq}`}`;
      case 'Disconnect':
        return 'disconnect';
      case 'SendAudio':
        return `audio ${effect.fromByte}–${effect.toByte}`;
      case 'SendControl':
        return effect.control;
      case 'TrimAudio':
        return `trim ${effect.beforeByte}`;
      case 'Deliver':
        return `deliver ${'seq' in effect.message ? effect.message.seq : effect.message.type}`;
      case 'TellConnection':
        return [];
      case 'Finish':
        return effect.outcome.kind === 'failed' ? `failed ${effect.outcome.error.code}` : effect.outcome.kind;
    }
  });
}
