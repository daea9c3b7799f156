import { SttError, type NodeRecord, type ProviderName } from '@verbatim/protocol';

/** What one look at Redis says of the fleet. */
export interface FleetFacts {
  readonly nodes: readonly { readonly nodeId: string; readonly record: NodeRecord }[];
  /** Sessions that have not ended, those that no transcriber holds yet included. */
  readonly openSessions: number;
}

/** At this measured load finals are late: a session more would make those late that are served already. */
const FULL_LOAD = 1;

/** A draining transcriber takes no new session, and hands over those it has. */
export function stayingTranscribers({ nodes }: Pick<FleetFacts, 'nodes'>): readonly NodeRecord[] {
  return nodes.map(({ record }) => record).filter(({ role, draining }) => role === 'transcriber' && !draining);
}

/**
 * How many new sessions of `provider` one gateway may take until it looks again: its share of the places that are free.
 *
 * Two bounds meet here. `capacity` is hard: a transcriber never holds more sessions. `load` is measured: a transcriber whose
 * finals come late has no place, however many sessions its capacity would still allow.
 *
 * Records are seconds old, so they do not tell how many sessions are on their way: 100 connects in one second would all see
 * the same 50 free places. `openSessions` is counted at the look itself. What is open and held by no staying transcriber (just
 * opened, orphaned by a crash, about to be handed over by a drain) needs a place as well, and is taken off first. It is taken
 * off whichever provider it wants: too careful for a moment is better than a session that nobody serves.
 */
export function placesOf(provider: ProviderName, fleet: FleetFacts): number {
  const staying = stayingTranscribers(fleet);
  const held = sum(staying.map(({ sessions }) => sessions));
  const placeless = Math.max(0, fleet.openSessions - held);
  const free = sum(staying.filter((record) => canTake(record, provider)).map(freePlaces)) - placeless;
  if (free <= 0) return 0;
  // At least one each: with more gateways than places nobody would be served at all.
  return Math.max(1, Math.floor(free / servingGateways(fleet)));
}

/** The sentence and the time for a session that finds no place. */
export function allBusy(provider: ProviderName, retryAfterMs: number): SttError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new SttError(
    'overloaded',
    `Every transcriber with provider ${provider} is busy: try again in ${seconds} s, or add transcribers.`,
    { retryAfterMs },
  );
}

function canTake(record: NodeRecord, provider: ProviderName): boolean {
  const isServed = record.providers.some(({ name, status }) => name === provider && status !== 'down');
  return isServed && record.load < FULL_LOAD;
}

function freePlaces({ capacity, sessions }: NodeRecord): number {
  return Math.max(0, capacity - sessions);
}

/** This one included, even when its own record has not been seen yet. */
function servingGateways({ nodes }: FleetFacts): number {
  return Math.max(1, nodes.filter(({ record }) => record.role === 'gateway' && !record.draining).length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
