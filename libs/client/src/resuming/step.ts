import { SttError } from '@verbatim/protocol';
import { onTimePassed } from './due.ts';
import { onMessage } from './receiving.ts';
import { connect, fail, finish, onLinkClosed } from './reconnecting.ts';
import { sendWhatWaits } from './sending.ts';
import type { StreamEvent } from './stream-events.ts';
import type { StepResult, StreamState } from './stream-state.ts';

/**
 * Requests for finals that are remembered for a resume. They go with the audio they belong to, so this many are only reached
 * by a client that asks without speaking; then the oldest, long answered, is forgotten.
 */
const MOST_MARKS = 10_000;

/**
 * Decides what a stream does next. Pure: the same state and event give the same result; time and chance arrive inside the event.
 *
 * Worked failure: 5 s are sent, 4 s acknowledged, then the gateway is killed. `LinkClosed` 1006 → wait up to 0.5 s → `Connect`
 * with the token and the last `seq` → the new gateway says `audio_bytes` of 3.9 s → 3.9 s to 5 s are sent again, then what
 * was offered meanwhile. Finals that the client has are left out by `seq`, those it missed come from the log.
 */
export function step(state: StreamState, event: StreamEvent): StepResult {
  if (state.phase.kind === 'over') return { state, effects: [] };
  switch (event.kind) {
    case 'Started': {
      const { state: next, effects } = connect(state, event);
      return { state: next, effects: [{ kind: 'TellConnection', connection: { state: 'connecting' } }, ...effects] };
    }
    case 'AudioOffered':
      return sendWhatWaits(withAudio(state, event.bytes), event.atMs);
    case 'FinalizeAsked':
      return sendWhatWaits(withMark(state), event.atMs);
    case 'EndAsked':
      return sendWhatWaits({ ...state, isEndAsked: true }, event.atMs);
    case 'CloseAsked': {
      const { state: over, effects } = finish(state, { kind: 'closed' });
      return { state: over, effects: [{ kind: 'Disconnect' }, ...effects] };
    }
    case 'MessageReceived':
      return onMessage(state, event.message, event);
    case 'LinkClosed':
      return onLinkClosed(state, event.close, event);
    case 'ReaderOverrun':
      return fail(state, new SttError('slow_consumer', 'Too many messages wait to be read; read them as they come.'));
    case 'TimePassed':
      return onTimePassed(state, event);
  }
}

function withAudio(state: StreamState, bytes: number): StreamState {
  return { ...state, audio: { ...state.audio, offeredBytes: state.audio.offeredBytes + bytes } };
}

/** Asked twice before it could be sent is asked once. */
function withMark(state: StreamState): StreamState {
  const atByte = state.audio.offeredBytes;
  const last = state.marks.at(-1);
  if (last?.atByte === atByte && !last.isSent) return state;
  return { ...state, marks: [...state.marks, { atByte, isSent: false }].slice(-MOST_MARKS) };
}
