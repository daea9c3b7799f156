import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { NodeRecord, StreamingStats } from '@verbatim/protocol';

/** What Redis says of the whole fleet. */
export interface FleetFacts {
  readonly activeSessions: number;
  readonly windowMinutes: number;
  /** Sums of the roll-ups over the window. */
  readonly counters: Readonly<Record<string, number>>;
  readonly nodes: readonly { readonly nodeId: string; readonly record: NodeRecord }[];
}

const REQUESTS = /^requests:(.+)$/;

/** Builds the body of `GET /streaming/stats`: the same on every replica. */
export function buildStats({ activeSessions, windowMinutes, counters, nodes }: FleetFacts): StreamingStats {
  const count = (name: string): number => counters[name] ?? 0;
  const names = new Set([
    ...nodes.flatMap(({ record }) => record.providers.map(({ name }) => name)),
    ...Object.keys(counters).flatMap((field) => REQUESTS.exec(field)?.[1] ?? []),
  ]);
  return {
    active_sessions: activeSessions,
    window_minutes: windowMinutes,
    providers: Object.fromEntries([...names].sort().map((name) => [name, providerStats(name, count)])),
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

function providerStats(name: string, count: (field: string) => number): StreamingStats['providers'][string] {
  const requests = count(`requests:${name}`);
  return {
    requests,
    errors: count(`errors:${name}`),
    latency_ms: { mean: mean(count(`latency_ms_sum:${name}`), requests) },
  };
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : Math.round((sum / count) * 10) / 10;
}
