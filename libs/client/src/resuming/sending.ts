import type { StreamEffect } from './stream-events.ts';
import type { OpenPhase, StepResult, StreamState } from './stream-state.ts';

/**
 * Sends over an open connection all that was asked for and is not sent yet: audio up to each request for finals, the request,
 * the audio behind it, and at last `end`. Order is the meaning here: a request a frame early gives another transcript.
 */
export function sendWhatWaits(state: StreamState, atMs: number): StepResult {
  const { phase } = state;
  if (phase.kind !== 'open' || phase.starved !== undefined) return { state, effects: [] };
  const effects = waitingEffects(state, phase);
  if (effects.length === 0) return { state, effects };
  const isOwedNow = isAnswerOwed(state);
  const next: StreamState = {
    ...state,
    marks: state.marks.some(({ isSent }) => !isSent)
      ? state.marks.map(({ atByte }) => ({ atByte, isSent: true }))
      : state.marks,
    phase: {
      ...phase,
      sentBytes: state.audio.offeredBytes,
      isEndSent: state.isEndAsked,
      lastSentAtMs: atMs,
      quietSinceMs: isOwedNow ? phase.quietSinceMs : atMs,
    },
  };
  return { state: next, effects };
}

function waitingEffects(state: StreamState, phase: OpenPhase): readonly StreamEffect[] {
  const effects: StreamEffect[] = [];
  let atByte = phase.sentBytes;
  const sendUpTo = (toByte: number) => {
    if (toByte > atByte) effects.push({ kind: 'SendAudio', fromByte: atByte, toByte });
    atByte = toByte;
  };
  for (const mark of state.marks) {
    if (mark.isSent) continue;
    sendUpTo(mark.atByte);
    effects.push({ kind: 'SendControl', control: 'finalize' });
  }
  sendUpTo(state.audio.offeredBytes);
  if (state.isEndAsked && !phase.isEndSent) effects.push({ kind: 'SendControl', control: 'end' });
  return effects;
}

/** Whether the gateway has audio to acknowledge, an end to bring or a close to send: while it does, its silence means something. */
export function isAnswerOwed({ phase, audio, ended }: StreamState): boolean {
  if (phase.kind !== 'open') return false;
  return phase.isEndSent || ended !== undefined || phase.sentBytes > audio.acknowledgedBytes;
}
