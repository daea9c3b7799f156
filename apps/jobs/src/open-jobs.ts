import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createQueueConnection, openReaperSide, type BackboneEvent, type ReaperSide } from '@verbatim/backbone';
import {
  createHealth,
  type Logger,
  type ProbeAnswer,
  type ProcessHealth,
  type Shutdown,
} from '@verbatim/observability';
import { SttError, type NodeRecord } from '@verbatim/protocol';
import type { JobsConfig } from './config.ts';
import { openProbeServer } from './http/probe-server.ts';
import { startHeartbeat } from './presence/heartbeat.ts';
import { createReap } from './reaping/reap.ts';
import { openReapQueue } from './reaping/reap-queue.ts';
import { startReaper, type Reaper } from './reaping/reaper.ts';
import { after } from './timers.ts';
import { version } from './version.ts';

/** A round under way gets so long at the end; it takes milliseconds, and another process would do it again. Units: milliseconds. */
const ROUND_CLOSE_MS = 3000;
const NODE_ID_RANDOM_BYTES = 4;

export interface JobsParts {
  readonly log: Logger;
  /** Is given what to close; the last one given is closed first. */
  readonly closing: Pick<Shutdown, 'add' | 'isShuttingDown'>;
}

/** A jobs process that reaps. */
export interface Jobs {
  /** Where it answers its probes. */
  readonly port: number;
  readonly nodeId: string;
}

/**
 * Opens a jobs process: Redis, presence, queue, probes.
 * @throws SttError `storage_unavailable` when there is no Redis; the listen error (EADDRINUSE, EACCES) when the port cannot be had
 */
export async function openJobs(config: JobsConfig, { log, closing }: JobsParts): Promise<Jobs> {
  const nodeId = `jobs-${hostname()}-${randomBytes(NODE_ID_RANDOM_BYTES).toString('hex')}`;
  const startedAtMs = Date.now();
  const { redisUrl, keyPrefix, shards, resumeWindowMs, retentionMs } = config;
  const onEvent = (event: BackboneEvent): void => sayEvent(log, event);
  const backbone = await openReaperSide({ redisUrl, keyPrefix, shards, resumeWindowMs, retentionMs, onEvent });
  closing.add('redis', () => backbone.close());

  const describe = (): NodeRecord => nodeRecord(startedAtMs, closing.isShuttingDown);
  const heartbeat = await startHeartbeat({ backbone, nodeId, describe, after });
  closing.add('presence', () => heartbeat.stop());

  const reaper = await startReaping(config, backbone, log);
  closing.add('queue', (hurry) => Promise.race([reaper.stop(ROUND_CLOSE_MS), aborted(hurry)]));

  const health = createHealth();
  const probes = {
    '/livez': () => livez(health, reaper.hopelessBecause()),
    '/readyz': () => health.readyz(),
    '/startupz': () => health.startupz(),
  };
  // Last: a port that cannot be had leaves nothing behind that is not on the list.
  const server = await openProbeServer(probes, config);
  closing.add('port', () => server.close());
  health.markStarted();
  return { port: server.port, nodeId };
}

function startReaping(config: JobsConfig, backbone: ReaperSide, log: Logger): Promise<Reaper> {
  const { redisUrl, keyPrefix, reapMs, stuckAfterMs } = config;
  const reap = createReap({ backbone, log });
  const onError = (error: Error): void => sayFailure(log, error);
  const connect = () => createQueueConnection(redisUrl);
  return startReaper({
    openQueue: () => openReapQueue({ connect, keyPrefix, reapMs, reap, onError }),
    ping: () => backbone.ping(),
    ...{ reapMs, stuckAfterMs, after, log },
    nowMs: () => performance.now(),
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Unlike the other probes it may fail by itself: a worker that stays wedged is cured by a restart and by nothing else. */
function livez(health: ProcessHealth, hopelessBecause: string | undefined): ProbeAnswer {
  if (hopelessBecause === undefined) return health.livez();
  const checks = { queue: { ok: false, reason: hopelessBecause } };
  return { httpStatus: 503, body: { status: 'unavailable', checks } };
}

/** A jobs process serves no session: no capacity, no providers. */
function nodeRecord(startedAtMs: number, isDraining: boolean): NodeRecord {
  const nothing = { sessions: 0, capacity: 0, load: 0, providers: [] };
  return { role: 'jobs', version, started_at_ms: startedAtMs, draining: isDraining, ...nothing };
}

/** All of it is tried again by itself. That Redis is away is told once, by the connection's own event. */
function sayFailure(log: Logger, error: Error): void {
  const isConnection = 'code' in error || /^Connection is closed/.test(error.message);
  const isKnown = isConnection || (error instanceof SttError && error.code === 'storage_unavailable');
  log[isKnown ? 'debug' : 'warn']({ event: 'reaping_failed', err: error }, 'reaping failed; it is tried again');
}

function sayEvent(log: Logger, event: BackboneEvent): void {
  const { type, ...fields } = event;
  log[type === 'disconnected' ? 'warn' : 'info']({ event: `redis_${type}`, ...fields }, type.replaceAll('_', ' '));
}
