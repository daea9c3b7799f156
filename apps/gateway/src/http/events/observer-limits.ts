/** The bounds of the observers of this process; what happens at each is said beside it. Tests shorten the times. */
export interface ObserverLimits {
  /** A further observer is told `overloaded` and when to come back. */
  readonly maxObservers: number;
  /** A comment goes out so often, and it is looked for what the channel lost. An observer that has read nothing for that long is cut. */
  readonly keepAliveMs: number;
  /** More than this waits for an observer: only the newest interim is kept. */
  readonly congestedBytes: number;
  /** More than this waits for an observer: it is cut, and comes back with its `Last-Event-ID`. */
  readonly overflowBytes: number;
}

/** Common proxies cut a line that is silent for 30 s or more. */
const KEEP_ALIVE_MS = 15_000;

/** A quarter of what a connection of the native protocol may have waiting: an observer holds nobody up and can always come back. */
const OVERFLOW_BYTES = 262_144;
const CONGESTED_BYTES = 65_536;

export const DEFAULT_OBSERVER_LIMITS: ObserverLimits = {
  maxObservers: 1000,
  keepAliveMs: KEEP_ALIVE_MS,
  congestedBytes: CONGESTED_BYTES,
  overflowBytes: OVERFLOW_BYTES,
};
