import { ERROR_TABLE, SttError, type ErrorMessage } from '@verbatim/protocol';
import { failureFromClose } from '../session-failure.ts';
import { retryDelayMs, type FailedTry } from './back-off.ts';
import { actionOfClose } from './close-action.ts';
import type { StreamOutcome } from './stream-outcome.ts';
import type { LinkClose, Moment, StreamEffect } from './stream-events.ts';
import type { StepResult, StreamState } from './stream-state.ts';

const FIRST_OWN_CODE = 4000;

/** Ends the stream: nothing happens to it any more. */
export function finish(state: StreamState, outcome: StreamOutcome): StepResult {
  return {
    state: { ...state, phase: { kind: 'over', outcome } },
    effects: [
      { kind: 'TellConnection', connection: { state: 'closed', outcome } },
      { kind: 'Finish', outcome },
    ],
  };
}

/** Ends the stream with an error, letting go of a connection that is still there. */
export function fail(state: StreamState, error: SttError): StepResult {
  const { state: over, effects } = finish(state, { kind: 'failed', error });
  return { state: over, effects: [{ kind: 'Disconnect' }, ...effects] };
}

/** Starts a try at the present address. */
export function connect(state: StreamState, { atMs }: Moment): StepResult {
  const { session, urlIndex, lastSeq } = state;
  const resume =
    session === undefined ? undefined : { sessionId: session.id, resumeToken: session.resumeToken, lastSeq };
  const effects: StreamEffect[] = [{ kind: 'Connect', urlIndex, resume }];
  return { state: { ...state, said: undefined, phase: { kind: 'connecting', sinceMs: atMs } }, effects };
}

/** The connection ended by itself: done, stop, or when to try again. */
export function onLinkClosed(state: StreamState, close: LinkClose, moment: Moment): StepResult {
  if (state.ended !== undefined) return finish(state, { kind: 'ended', ended: state.ended });
  const reason = reasonOf(close, state.said);
  const action = actionOfClose(close.code);
  switch (action) {
    case 'done':
      return finish(state, { kind: 'ended', ended: undefined });
    case 'stop':
      return finish(state, { kind: 'failed', error: reason.isRetryable ? forGood(close) : reason });
    case 'back_off':
    case 'reconnect':
    case 'network':
      return withUnrelated(state, close, tryAgain(state, { action, reason }, moment));
  }
}

/** We let go of a connection that is no good: what follows is as if it had closed. */
export function dropLink(state: StreamState, close: LinkClose, moment: Moment): StepResult {
  const { state: next, effects } = onLinkClosed(state, close, moment);
  return { state: next, effects: [{ kind: 'Disconnect' }, ...effects] };
}

/** Goes over to another replica while the old one still works, so nothing has failed. */
export function moveOn(state: StreamState, moment: Moment): StepResult {
  const reason = new SttError('go_away', 'This replica is shutting down: going on with another one.');
  const lost = { ...afterLoss(state, moment.atMs), urlIndex: nextUrl(state) };
  const { state: next, effects } = connect(lost, moment);
  const told: StreamEffect = {
    kind: 'TellConnection',
    connection: { state: 'resuming', reason, attempt: 1, retryInMs: 0 },
  };
  return { state: next, effects: [{ kind: 'Disconnect' }, told, ...effects] };
}

interface Lost {
  readonly action: FailedTry['action'];
  readonly reason: SttError;
}

function tryAgain(before: StreamState, { action, reason }: Lost, { atMs, chance }: Moment): StepResult {
  const state = afterLoss(before, atMs);
  if (atMs >= deadlineMs(state)) return finish(state, { kind: 'failed', error: givenUp(state, reason) });
  const { failures, session } = state;
  const isAddressUntried = session === undefined && failures + 1 < state.settings.urlCount;
  const delayMs = isAddressUntried
    ? 0
    : retryDelayMs({ action, failures, retryAfterMs: reason.retryAfterMs ?? 0, chance });
  // One last try at the very end of the window costs nothing and may still be in time.
  const untilMs = Math.min(atMs + delayMs, deadlineMs(state));
  const next: StreamState = {
    ...state,
    said: undefined,
    failures: failures + 1,
    urlIndex: nextUrl(state),
    phase: { kind: 'waiting', untilMs },
  };
  if (session === undefined) return { state: next, effects: [] };
  const connection = { state: 'resuming', reason, attempt: failures + 1, retryInMs: untilMs - atMs } as const;
  return { state: next, effects: [{ kind: 'TellConnection', connection }] };
}

/** Counts anew after a connection that was worth something. */
function afterLoss(state: StreamState, atMs: number): StreamState {
  const { phase } = state;
  if (phase.kind !== 'open') return state;
  return {
    ...state,
    failures: atMs - phase.sinceMs >= state.settings.stableAfterMs ? 0 : state.failures,
    lostAtMs: phase.hasProgressed ? atMs : state.lostAtMs,
  };
}

/** Until when trying makes sense: the gateway keeps a session for its resume window. */
function deadlineMs({ session, settings, failures, lostAtMs }: StreamState): number {
  if (session !== undefined) return lostAtMs + session.resumeWindowMs;
  return failures + 1 < settings.urlCount ? Infinity : lostAtMs + settings.openWithinMs;
}

function givenUp({ session }: StreamState, reason: SttError): SttError {
  if (session === undefined) return reason;
  const seconds = Math.round(session.resumeWindowMs / 1000);
  return new SttError(
    'resume_unrecoverable',
    `The connection was lost and could not be resumed within ${seconds} s; start anew. Last try: ${reason.message}`,
    { cause: reason },
  );
}

function nextUrl({ urlIndex, settings }: StreamState): number {
  return (urlIndex + 1) % settings.urlCount;
}

/** What the gateway said last is the reason only if the close code agrees; a code newer than this client does. */
function isReason(said: ErrorMessage | undefined, { code }: LinkClose): said is ErrorMessage {
  if (said === undefined) return false;
  return ERROR_TABLE[said.code].closeCode === code || (said.code === 'internal_error' && code >= FIRST_OWN_CODE);
}

function reasonOf(close: LinkClose, said: ErrorMessage | undefined): SttError {
  return close.failure ?? failureFromClose(close, isReason(said, close) ? said : undefined);
}

/** A close code that says stop and that this client does not know. */
function forGood({ code }: LinkClose): SttError {
  return new SttError(
    'bad_request',
    `The gateway closed the session for good (close code ${code}); a newer client may know why.`,
  );
}

/** An `error` that has nothing to do with the close is still a message for the reader. */
function withUnrelated({ said }: StreamState, close: LinkClose, result: StepResult): StepResult {
  if (said === undefined || isReason(said, close)) return result;
  return { state: result.state, effects: [{ kind: 'Deliver', message: said }, ...result.effects] };
}
