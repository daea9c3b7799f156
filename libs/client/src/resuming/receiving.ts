import { SttError, type ServerMessage, type SessionResumed, type SessionStarted } from '@verbatim/protocol';
import { moveDelayMs } from './back-off.ts';
import { dropLink, fail } from './reconnecting.ts';
import { sendWhatWaits } from './sending.ts';
import type { Moment, StreamEffect } from './stream-events.ts';
import type { OpenPhase, StepResult, StreamState } from './stream-state.ts';

/** The close code of a gap; a gap that we find is treated as one that the gateway found. */
const INSUFFICIENT_STATE = 4203;

type Message<Type extends ServerMessage['type']> = Extract<ServerMessage, { readonly type: Type }>;

/** Takes one message of the gateway into account, and hands it on unless it was delivered before. */
export function onMessage(before: StreamState, message: ServerMessage, moment: Moment): StepResult {
  const { state, effects } = settleSaid(heard(before, moment.atMs));
  const next = take(state, message, moment);
  return { state: next.state, effects: [...effects, ...next.effects] };
}

function take(state: StreamState, message: ServerMessage, moment: Moment): StepResult {
  switch (message.type) {
    case 'session_started':
      return onStarted(state, message, moment);
    case 'session_resumed':
      return onResumed(state, message, moment);
    case 'ack':
      return onAck(state, message);
    case 'transcription':
      return message.is_final ? onDurable(state, message, moment) : onInterim(state, message);
    case 'session_ended':
      return onDurable(state, message, moment);
    case 'go_away':
      return onGoAway(state, message, moment);
    case 'error':
      return { state: { ...state, said: message }, effects: [] };
    case 'speech_started':
    case 'speech_ended':
    case 'session_status':
      return deliver(state, message);
  }
}

function deliver(state: StreamState, message: ServerMessage): StepResult {
  return { state, effects: [{ kind: 'Deliver', message }] };
}

/** The gateway lives. */
function heard(state: StreamState, atMs: number): StreamState {
  return state.phase.kind === 'open' ? { ...state, phase: { ...state.phase, quietSinceMs: atMs } } : state;
}

/** An `error` that was followed by another message did not announce a close: it is for the reader. */
function settleSaid(state: StreamState): StepResult {
  const { said } = state;
  if (said === undefined) return { state, effects: [] };
  return deliver({ ...state, said: undefined }, said);
}

// ---------------------------------------------------------------- the first message of a connection

function onStarted(state: StreamState, message: SessionStarted, moment: Moment): StepResult {
  if (state.session !== undefined) return fail(state, unrecoverable('The gateway opened another session instead.'));
  return opened(state, { message, fromByte: 0, moment });
}

function onResumed(state: StreamState, message: SessionResumed, moment: Moment): StepResult {
  const { session, audio } = state;
  if (session?.id !== message.session_id || session.epoch !== message.epoch || !message.recovered)
    return fail(state, unrecoverable("The session's stored state is gone."));
  if (message.audio_bytes > audio.offeredBytes)
    return fail(state, unrecoverable('The session has audio that was not sent by this client.'));
  return opened(state, { message, fromByte: message.audio_bytes, moment });
}

interface Opening {
  readonly message: SessionStarted | SessionResumed;
  /** The gateway's own position rules: it may be before an earlier acknowledgement. */
  readonly fromByte: number;
  readonly moment: Moment;
}

function opened(state: StreamState, { message, fromByte, moment }: Opening): StepResult {
  const { atMs } = moment;
  const isStarved = fromByte < state.audio.keptFromBytes;
  const open: StreamState = {
    ...state,
    session: {
      id: message.session_id,
      epoch: message.epoch,
      resumeToken: message.resume_token,
      resumeWindowMs: message.resume_window_s * 1000,
    },
    audio: { ...state.audio, acknowledgedBytes: fromByte },
    // A request before the gateway's position was stored in front of that audio; one behind or at it may be lost.
    marks: state.marks.map(({ atByte }) => ({ atByte, isSent: atByte < fromByte })),
    phase: {
      kind: 'open',
      sinceMs: atMs,
      sentBytes: fromByte,
      isEndSent: false,
      quietSinceMs: atMs,
      lastSentAtMs: atMs,
      hasProgressed: message.type === 'session_started',
      moveAtMs: undefined,
      starved: isStarved ? { atByte: fromByte, sinceMs: atMs } : undefined,
    },
  };
  const sent = sendWhatWaits(open, atMs);
  const isResumed = message.type === 'session_resumed';
  const told: StreamEffect = { kind: 'TellConnection', connection: { state: 'open', isResumed } };
  return { state: sent.state, effects: [{ kind: 'Deliver', message }, told, ...sent.effects] };
}

/** The end of a session that cannot be gone on with. */
export function unrecoverable(sentence: string): SttError {
  return new SttError('resume_unrecoverable', `${sentence} Start anew; the transcript so far can be read by GET.`);
}

// ---------------------------------------------------------------- and the later ones

function onAck(state: StreamState, message: Message<'ack'>): StepResult {
  const { audio, settings } = state;
  const acknowledgedBytes = Math.min(Math.max(audio.acknowledgedBytes, message.audio_bytes), audio.offeredBytes);
  const keptFromBytes = Math.max(audio.keptFromBytes, acknowledgedBytes - settings.keepBytes);
  const hasAdvanced = acknowledgedBytes > audio.acknowledgedBytes;
  const next: StreamState = {
    ...(hasAdvanced ? progressed(state) : state),
    audio: { ...audio, acknowledgedBytes, keptFromBytes },
    marks: state.marks.filter(({ atByte }) => atByte >= keptFromBytes),
  };
  const trimmed: StreamEffect[] =
    keptFromBytes > audio.keptFromBytes ? [{ kind: 'TrimAudio', beforeByte: keptFromBytes }] : [];
  return { state: next, effects: [...trimmed, { kind: 'Deliver', message }] };
}

type Durable = Message<'session_ended' | 'transcription'>;

/** Exactly once and in order: what was delivered is left out, and a hole is filled from the log by a resume. */
function onDurable(state: StreamState, message: Durable, moment: Moment): StepResult {
  if (message.seq <= state.lastSeq) return { state, effects: [] };
  if (message.seq > state.lastSeq + 1) {
    return dropLink(state, { code: INSUFFICIENT_STATE, reason: 'insufficient_state' }, moment);
  }
  const ended = message.type === 'session_ended' ? message : state.ended;
  return deliver({ ...progressed(state), lastSeq: message.seq, ended }, message);
}

/**
 * An interim says which durable message it follows. Worked failure: final 7 is delivered, the master dies, and its replica has only 6; the
 * transcriber makes 7 again from the same audio, and until then its interims show the words of 7, unfinished, behind 7 itself.
 */
function onInterim(state: StreamState, message: Message<'transcription'>): StepResult {
  return message.seq < state.lastSeq ? { state, effects: [] } : deliver(state, message);
}

function progressed(state: StreamState): StreamState {
  const { phase } = state;
  if (phase.kind !== 'open' || phase.hasProgressed) return state;
  return { ...state, phase: { ...phase, hasProgressed: true } };
}

function onGoAway(state: StreamState, message: Message<'go_away'>, moment: Moment): StepResult {
  const { phase } = state;
  if (phase.kind !== 'open' || phase.moveAtMs !== undefined) return deliver(state, message);
  const moving: OpenPhase = { ...phase, moveAtMs: moment.atMs + moveDelayMs(message.time_left_ms, moment.chance) };
  return deliver({ ...state, phase: moving }, message);
}
