import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import {
  countAnswered,
  latencyQuantileMs,
  PROVIDER_COUNTERS,
  readAskedProviders,
  readFailovers,
  readFailures,
  readHedges,
  type NodeRecord,
  type StreamingStats,
} from '@verbatim/protocol';

/** What Redis says of the whole fleet. */
export interface FleetFacts {
  readonly activeSessions: number;
  readonly windowMinutes: number;
  /** Sums of the roll-ups over the window. */
  readonly counters: Readonly<Record<string, number>>;
  readonly nodes: readonly { readonly nodeId: string; readonly record: NodeRecord }[];
}

/** An error rate has four decimals: one failure in ten thousand shows. */
const RATE_STEPS = 10_000;

/** Builds the body of `GET /streaming/stats`: the same on every replica. */
export function buildStats({ activeSessions, windowMinutes, counters, nodes }: FleetFacts): StreamingStats {
  const count = (name: string): number => counters[name] ?? 0;
  const names = new Set([
    ...nodes.flatMap(({ record }) => record.providers.map(({ name }) => name)),
    ...readAskedProviders(counters),
  ]);
  return {
    active_sessions: activeSessions,
    window_minutes: windowMinutes,
    providers: Object.fromEntries([...names].sort().map((name) => [name, providerStats(name, counters)])),
    failovers: readFailovers(counters).map(({ failure, ...rest }) => ({ ...rest, reason: failure })),
    hedges: [...readHedges(counters)],
    audio_seconds: {
      received: count('audio_samples_received') / PIPELINE_SAMPLE_RATE_HZ,
      processed: count('audio_samples_processed') / PIPELINE_SAMPLE_RATE_HZ,
    },
    lag_ms: mean(count('lag_ms_sum'), count('lag_count')),
    dropped_interims: count('dropped_interims'),
    reliability: reliabilityOf(counters, count),
    workers: nodes.map(({ nodeId, record }) => ({ id: nodeId, ...record })).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

function reliabilityOf(
  counters: FleetFacts['counters'],
  count: (field: string) => number,
): StreamingStats['reliability'] {
  return {
    resumes: { recovered: count('resumes_recovered'), refused: count('resumes_refused') },
    refused_sessions: namedAfter('refused_sessions:', counters),
    closes: namedAfter('closes:', counters),
    takeovers: count('takeovers'),
    fenced_writes: count('fenced_writes'),
    rolled_back_commits: count('rolled_back_commits'),
    expired_sessions: count('expired_sessions'),
    quarantined_sessions: count('quarantined_sessions'),
  };
}

/** The counters whose name begins with `prefix`, under what follows it. */
function namedAfter(prefix: string, counters: FleetFacts['counters']): Readonly<Record<string, number>> {
  const named = Object.entries(counters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(named.map(([name, value]) => [name.slice(prefix.length), value]));
}

function providerStats(name: string, counters: FleetFacts['counters']): StreamingStats['providers'][string] {
  const requests = counters[PROVIDER_COUNTERS.requests(name)] ?? 0;
  const errors = counters[PROVIDER_COUNTERS.errors(name)] ?? 0;
  const latencySumMs = counters[PROVIDER_COUNTERS.latencySumMs(name)] ?? 0;
  return {
    requests,
    errors,
    error_rate: requests === 0 ? null : Math.min(1, Math.round((errors / requests) * RATE_STEPS) / RATE_STEPS),
    failures: readFailures(counters, name),
    latency_ms: {
      mean: mean(latencySumMs, countAnswered(counters, name)),
      p50: latencyQuantileMs(counters, name, 0.5),
      p95: latencyQuantileMs(counters, name, 0.95),
    },
  };
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : Math.round((sum / count) * 10) / 10;
}
