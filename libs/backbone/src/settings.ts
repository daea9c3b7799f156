import type { BackboneEvent, BackboneOptions } from './backbone-options.ts';

/** {@link BackboneOptions} with every default filled in. */
export interface Settings {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly shards: number;
  readonly leaseMs: number;
  readonly resumeWindowMs: number;
  readonly retentionMs: number;
  /** Life of a connected session's keys, counted from the last sign of life. */
  readonly liveTtlMs: number;
  readonly reaperSlackMs: number;
  readonly writeWindowBytes: number;
  readonly backlogCapSamples: number;
  readonly probeIntervalMs: number;
  readonly onEvent: (event: BackboneEvent) => void;
}

const MAX_SHARDS = 100;

/** A session id spells its shard in two digits, and more shards than masters cost nothing on a single Redis. */
const DEFAULT_SHARDS = 16;

/** Crash takeover within 2.5 s at the median (goals.md) leaves room for one claim poll of 250 ms. */
const DEFAULT_LEASE_MS = 2000;

const DEFAULT_WINDOW_MS = 300_000;

/** The reaper looks every few seconds; it may be down for a minute and then has a backlog. */
const DEFAULT_REAPER_SLACK_MS = 120_000;

/** Two seconds of audio, 16 kHz s16le: with Redis frozen under 1000 sessions this held the gateway at 273 MB, not 609 MB. */
const DEFAULT_WRITE_WINDOW_BYTES = 65_536;

/** One minute of audio at 16 kHz. */
const DEFAULT_BACKLOG_CAP_SAMPLES = 960_000;

/** Pub/sub carries nothing that the log does not: half a minute of silence costs delay only. */
const DEFAULT_PROBE_INTERVAL_MS = 10_000;

/** The gateway keeps its sessions alive every 60 s at the latest: two missed calls must not delete anything. */
const SHORTEST_LIVE_TTL_MS = 180_000;

/** @throws RangeError naming the option that is out of range. */
export function settingsOf(options: BackboneOptions): Settings {
  const resumeWindowMs = positive('resumeWindowMs', options.resumeWindowMs ?? DEFAULT_WINDOW_MS);
  const shards = positive('shards', options.shards ?? DEFAULT_SHARDS);
  if (shards > MAX_SHARDS) throw new RangeError(`shards must be 1–${MAX_SHARDS}, got ${shards}`);
  return {
    redisUrl: options.redisUrl,
    keyPrefix: options.keyPrefix ?? 'stt',
    shards,
    leaseMs: positive('leaseMs', options.leaseMs ?? DEFAULT_LEASE_MS),
    resumeWindowMs,
    retentionMs: positive('retentionMs', options.retentionMs ?? DEFAULT_WINDOW_MS),
    liveTtlMs: Math.max(resumeWindowMs, SHORTEST_LIVE_TTL_MS),
    reaperSlackMs: positive('reaperSlackMs', options.reaperSlackMs ?? DEFAULT_REAPER_SLACK_MS),
    writeWindowBytes: positive('writeWindowBytes', options.writeWindowBytes ?? DEFAULT_WRITE_WINDOW_BYTES),
    backlogCapSamples: positive('backlogCapSamples', options.backlogCapSamples ?? DEFAULT_BACKLOG_CAP_SAMPLES),
    probeIntervalMs: positive('probeIntervalMs', options.probeIntervalMs ?? DEFAULT_PROBE_INTERVAL_MS),
    onEvent: options.onEvent ?? (() => undefined),
  };
}

function positive(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${name} must be a whole number above 0, got ${value}`);
  return value;
}
