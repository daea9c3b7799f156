/** Decodes are counted by how long they took, up to each of these bounds; the last ones tell a slow provider from one that hangs. Units: milliseconds. */
export const LATENCY_BOUNDS_MS = [50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000] as const;

/**
 * Names of the counters of one recogniser in the roll-ups. The transcriber counts, `/streaming/stats` reads: both take the names from here.
 * Every part comes from a closed list, so the number of names is bounded.
 */
export const PROVIDER_COUNTERS = {
  /** One for each decode that was asked for. */
  requests: (provider: string) => `requests:${provider}`,
  /** One for each decode that failed. */
  errors: (provider: string) => `errors:${provider}`,
  /** The same, by what went wrong. */
  failures: (provider: string, failure: string) => `errors:${provider}:${failure}`,
  /** Sum over all decodes that were answered. Units: milliseconds. */
  latencySumMs: (provider: string) => `latency_ms_sum:${provider}`,
  /** One for each answered decode, in the first bucket that holds it: buckets do not include the smaller ones. */
  latencyBucket: (provider: string, latencyMs: number) => `latency_le_${boundOf(latencyMs)}:${provider}`,
  /** One for each session that went on with another recogniser. */
  failovers: ({ from, to, failure }: Omit<CountedFailover, 'count'>) => `failovers:${from}:${to}:${failure}`,
  /** One for each final that was slow and therefore asked of a second recogniser, too. */
  hedges: ({ from, to }: HedgedProviders) => `hedges:${from}:${to}`,
  /** One for each of them that the second one answered first. */
  hedgesWon: ({ from, to }: HedgedProviders) => `hedges_won:${from}:${to}`,
} as const;

export interface HedgedProviders {
  readonly from: string;
  readonly to: string;
}

/** How often sessions went from one recogniser to another, and why. */
export interface CountedFailover {
  readonly from: string;
  readonly to: string;
  readonly failure: string;
  readonly count: number;
}

/** How often a second recogniser was asked as well because the first was slow, and how often its answer came first. */
export interface CountedHedge extends HedgedProviders {
  readonly asked: number;
  readonly won: number;
}

type Counters = Readonly<Record<string, number>>;

const FAILOVER = /^failovers:([^:]+):([^:]+):([^:]+)$/;
const HEDGES = /^hedges:([^:]+):([^:]+)$/;
const REQUESTS = /^requests:([^:]+)$/;

/** Reads the failovers out of the roll-ups, the most frequent first. */
export function readFailovers(counters: Counters): readonly CountedFailover[] {
  const found = Object.entries(counters).flatMap(([name, count]) => {
    const [, from, to, failure] = FAILOVER.exec(name) ?? [];
    return from === undefined || to === undefined || failure === undefined ? [] : [{ from, to, failure, count }];
  });
  return found.sort((a, b) => b.count - a.count);
}

/** Reads the hedges out of the roll-ups, the most frequent first. */
export function readHedges(counters: Counters): readonly CountedHedge[] {
  const found = Object.entries(counters).flatMap(([name, asked]) => {
    const [, from, to] = HEDGES.exec(name) ?? [];
    if (from === undefined || to === undefined) return [];
    return [{ from, to, asked, won: counters[PROVIDER_COUNTERS.hedgesWon({ from, to })] ?? 0 }];
  });
  return found.sort((a, b) => b.asked - a.asked);
}

/** Reads out of the roll-ups which recognisers were asked. */
export function readAskedProviders(counters: Counters): readonly string[] {
  return Object.keys(counters).flatMap((name) => REQUESTS.exec(name)?.[1] ?? []);
}

/** Reads the errors of one recogniser by what went wrong. */
export function readFailures(counters: Counters, provider: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(counters).flatMap(([name, count]) => {
      const [kind, of, failure, ...rest] = name.split(':');
      const isOurs = kind === 'errors' && of === provider && failure !== undefined && rest.length === 0;
      return isOurs ? [[failure, count] as const] : [];
    }),
  );
}

/** Counts the decodes of one recogniser that were answered: those whose time was taken. */
export function countAnswered(counters: Counters, provider: string): number {
  return bucketsOf(counters, provider).reduce((sum, { count }) => sum + count, 0);
}

/**
 * Estimates a quantile from the buckets: the value is taken to lie evenly inside its bucket.
 * Shape: null without any answered decode; the highest bound for what lies beyond it.
 * @param share from 0 to 1: 0.95 for the value that 95 of 100 decodes stay below
 */
export function latencyQuantileMs(counters: Counters, provider: string, share: number): number | null {
  const wanted = share * countAnswered(counters, provider);
  let below = 0;
  let fromMs = 0;
  for (const { boundMs, count } of bucketsOf(counters, provider)) {
    if (count > 0 && below + count >= wanted)
      return boundMs === Infinity ? fromMs : Math.round(fromMs + ((boundMs - fromMs) * (wanted - below)) / count);
    below += count;
    fromMs = boundMs;
  }
  return null;
}

function bucketsOf(counters: Counters, provider: string) {
  return [...LATENCY_BOUNDS_MS, Infinity].map((boundMs) => ({
    boundMs,
    count: counters[PROVIDER_COUNTERS.latencyBucket(provider, boundMs)] ?? 0,
  }));
}

function boundOf(latencyMs: number): number | 'inf' {
  return LATENCY_BOUNDS_MS.find((boundMs) => latencyMs <= boundMs) ?? 'inf';
}
