import { SttError } from '@verbatim/protocol';
import { connect, dropLink, fail, moveOn } from './reconnecting.ts';
import { unrecoverable } from './receiving.ts';
import { isAnswerOwed } from './sending.ts';
import type { Moment } from './stream-events.ts';
import type { OpenPhase, StepResult, StreamState } from './stream-state.ts';

/** From the first packet to `session_started` or `session_resumed`; a healthy gateway needs milliseconds. */
const OPEN_WITHIN_MS = 10_000;

/** A gateway acknowledges every second and gives up on its own storage after ten: one that owes and says nothing is not there. */
const SILENT_AFTER_MS = 30_000;

/** A fifth of the time after which a gateway takes a client without audio for idle. */
const KEEPALIVE_EVERY_MS = 60_000;

/** A session that is over follows at once from its log; one that waits for audio says nothing. */
const STARVED_AFTER_MS = 2_000;

/** Close code of a connection that broke without a word. */
const BROKEN = 1006;

/** When {@link onTimePassed} has something to do. Units: milliseconds; `Infinity` for never. */
export function nextDueMs(state: StreamState): number {
  const { phase } = state;
  switch (phase.kind) {
    case 'connecting':
      return phase.sinceMs + OPEN_WITHIN_MS;
    case 'waiting':
      return phase.untilMs;
    case 'open':
      return Math.min(moveDueMs(phase), starvedDueMs(phase), silentDueMs(state, phase), keepaliveDueMs(phase));
    case 'over':
      return Infinity;
  }
}

/** Does what is due by now; at most one thing, the next one is due at once. */
export function onTimePassed(state: StreamState, moment: Moment): StepResult {
  const { phase } = state;
  if (moment.atMs < nextDueMs(state)) return { state, effects: [] };
  switch (phase.kind) {
    case 'connecting':
      return dropLink(state, { code: BROKEN, reason: '', failure: notOpened() }, moment);
    case 'waiting':
      return connect(state, moment);
    case 'open':
      return onOpenDue(state, phase, moment);
    case 'over':
      return { state, effects: [] };
  }
}

function onOpenDue(state: StreamState, phase: OpenPhase, moment: Moment): StepResult {
  const { atMs } = moment;
  if (phase.starved !== undefined && atMs >= starvedDueMs(phase)) return fail(state, notKept(state, phase.starved));
  if (atMs >= moveDueMs(phase)) return moveOn(state, moment);
  if (atMs >= silentDueMs(state, phase))
    return dropLink(state, { code: BROKEN, reason: '', failure: silent() }, moment);
  return {
    state: { ...state, phase: { ...phase, lastSentAtMs: atMs } },
    effects: [{ kind: 'SendControl', control: 'keepalive' }],
  };
}

function moveDueMs({ moveAtMs }: OpenPhase): number {
  return moveAtMs ?? Infinity;
}

function starvedDueMs({ starved }: OpenPhase): number {
  return starved === undefined ? Infinity : starved.sinceMs + STARVED_AFTER_MS;
}

function silentDueMs(state: StreamState, { quietSinceMs }: OpenPhase): number {
  return isAnswerOwed(state) ? quietSinceMs + SILENT_AFTER_MS : Infinity;
}

function keepaliveDueMs({ lastSentAtMs }: OpenPhase): number {
  return lastSentAtMs + KEEPALIVE_EVERY_MS;
}

function notOpened(): SttError {
  return new SttError(
    'overloaded',
    `The gateway opened no session within ${OPEN_WITHIN_MS / 1000} s; try again later.`,
  );
}

function silent(): SttError {
  const sentence = `The gateway said nothing for ${SILENT_AFTER_MS / 1000} s though it owed an answer; reconnect and resume.`;
  return new SttError('ping_timeout', sentence);
}

function notKept({ audio }: StreamState, { atByte }: { readonly atByte: number }): SttError {
  return unrecoverable(
    `The gateway asks for the audio from byte ${atByte} on, but it is kept from byte ${audio.keptFromBytes} on only.`,
  );
}
