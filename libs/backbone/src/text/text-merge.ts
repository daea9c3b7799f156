import type { Fence, Seq } from '@verbatim/protocol';
import type { DurableMessage } from '../faces.ts';

/** What happens to a follower. The channel may drop, repeat and reorder; the log never lies but is read at some moment. */
export type MergeEvent =
  | { readonly type: 'DurableArrived'; readonly message: DurableMessage }
  | { readonly type: 'TransientArrived'; readonly fence: Fence; readonly json: string }
  /** The subscription is new or was away: what it missed stands in the log. */
  | { readonly type: 'CatchUpAsked' }
  | { readonly type: 'LogRead'; readonly messages: readonly DurableMessage[] }
  | { readonly type: 'LogReadFailed' };

export type MergeEffect =
  | { readonly type: 'DeliverDurable'; readonly message: DurableMessage }
  | { readonly type: 'DeliverTransient'; readonly json: string }
  /** Read the log after `afterSeq`, then say `LogRead` or `LogReadFailed`. */
  | { readonly type: 'ReadLog'; readonly afterSeq: Seq };

export interface MergeState {
  /** The last durable message delivered. */
  readonly lastSeq: Seq;
  /** Interims of an older fence come from a transcriber that lost the session. */
  readonly newestFence: Fence;
  /** `stale`: something came while the log was being read, so the read may have been made too early. */
  readonly reading: 'no' | 'yes' | 'stale';
  /** Messages beyond a hole, by seq. */
  readonly early: ReadonlyMap<number, DurableMessage>;
}

export interface MergeStep {
  readonly state: MergeState;
  readonly effects: readonly MergeEffect[];
}

/** Beyond a hole the log brings everything anyway; what is kept only saves a second read. */
const MOST_EARLY_MESSAGES = 64;

export function startMerge(lastSeq: Seq): MergeState {
  return { lastSeq, newestFence: 0 as Fence, reading: 'no', early: new Map() };
}

/**
 * Pure. Merges channel and log by `seq`.
 *
 * Invariant: durable messages are delivered in order, each once, whatever the channel drops, repeats or reorders; one log read is under
 * way at most. Worked failure: 3 is dropped, 4 arrives, the log is read; had 5 and 6 been dropped and 7 arrived during that read, the
 * answer may end at 4, so 7 makes it stale and the log is read again.
 */
export function stepMerge(state: MergeState, event: MergeEvent): MergeStep {
  switch (event.type) {
    case 'DurableArrived':
      return durableArrived(state, event.message);
    case 'TransientArrived':
      return transientArrived(state, event);
    case 'CatchUpAsked':
      return askLog(state, []);
    case 'LogRead':
      return logRead(state, event.messages);
    case 'LogReadFailed':
      return { state: { ...state, reading: 'no' }, effects: [] };
  }
}

function durableArrived(state: MergeState, message: DurableMessage): MergeStep {
  if (message.seq <= state.lastSeq) return { state, effects: [] };
  const merged = deliver(state, [message]);
  return hasHole(merged.state) ? askLog(merged.state, merged.effects) : merged;
}

function transientArrived(state: MergeState, { fence, json }: { fence: Fence; json: string }): MergeStep {
  if (fence < state.newestFence) return { state, effects: [] };
  // an interim that overtakes the final before it would be shown against the wrong text
  const isLive = state.reading === 'no' && !hasHole(state);
  return { state: { ...state, newestFence: fence }, effects: isLive ? [{ type: 'DeliverTransient', json }] : [] };
}

function logRead(state: MergeState, messages: readonly DurableMessage[]): MergeStep {
  const wasStale = state.reading === 'stale';
  const merged = deliver({ ...state, reading: 'no' }, messages);
  return wasStale ? askLog(merged.state, merged.effects) : merged;
}

function askLog(state: MergeState, effects: readonly MergeEffect[]): MergeStep {
  if (state.reading !== 'no') return { state: { ...state, reading: 'stale' }, effects };
  return { state: { ...state, reading: 'yes' }, effects: [...effects, { type: 'ReadLog', afterSeq: state.lastSeq }] };
}

/** Delivers what goes on from `lastSeq` and keeps the rest for later. */
function deliver(state: MergeState, messages: readonly DurableMessage[]): MergeStep {
  const early = new Map(state.early);
  for (const message of messages) if (message.seq > state.lastSeq) early.set(message.seq, message);
  const effects: MergeEffect[] = [];
  let lastSeq = state.lastSeq;
  for (let next = early.get(lastSeq + 1); next !== undefined; next = early.get(lastSeq + 1)) {
    effects.push({ type: 'DeliverDurable', message: next });
    early.delete(next.seq);
    lastSeq = next.seq;
  }
  for (const seq of [...early.keys()].sort((a, b) => b - a).slice(0, -MOST_EARLY_MESSAGES)) early.delete(seq);
  return { state: { ...state, lastSeq, early }, effects };
}

function hasHole({ early }: MergeState): boolean {
  return early.size > 0;
}
