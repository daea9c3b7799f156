import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { openTranscriberSide, type BackboneEvent, type TranscriberSide } from '@verbatim/backbone';
import type { Logger, Shutdown } from '@verbatim/observability';
import { SttError, type NodeRecord } from '@verbatim/protocol';
import { startClaimLoop } from './claiming/claim-loop.ts';
import { startLeaseKeeper } from './claiming/lease-keeper.ts';
import type { TranscriberConfig } from './config.ts';
import { startHeartbeat, type Heartbeat } from './presence/heartbeat.ts';
import { createLoadMeter, oldestWaitMs } from './presence/load-meter.ts';
import { createStatsCounter, STATS_FLUSH_MS, type StatsCounter } from './presence/stats-counter.ts';
import { startTickReader } from './reading/tick-reader.ts';
import { openProviders } from './recognition/open-providers.ts';
import { createHeldSessions, type HeldSessions } from './session/held-sessions.ts';
import { createWorkPump } from './session/work-pump.ts';
import { after, every } from './timers.ts';
import { version } from './version.ts';

/** How often each session is asked whether its client should be told of a delay, and this process whether the fleet should. Units: milliseconds. */
const STATUS_MS = 500;

export interface TranscriberParts {
  readonly log: Logger;
  /** Gets the closers of everything opened here. */
  readonly closing: Pick<Shutdown, 'add' | 'isShuttingDown'>;
}

export interface Transcriber {
  readonly nodeId: string;
}

/**
 * Opens a transcriber: Redis, recognisers, sessions. What is opened is given to `closing` in the same order, so
 * it is closed in the reverse: no new sessions, sessions handed back while their leases are still renewed, Redis last.
 * @throws RecognizerError when a model cannot be used
 * @throws SttError `storage_unavailable` when Redis is not there
 */
export async function openTranscriber(config: TranscriberConfig, parts: TranscriberParts): Promise<Transcriber> {
  const { log, closing } = parts;
  const nodeId = `transcriber-${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const backbone = await openTranscriberSide({ ...config, nodeId, onEvent: (event) => sayEvent(log, event) });
  closing.add('redis', () => backbone.close());
  const stats = createStatsCounter(backbone.addStats.bind(backbone));
  const meter = createLoadMeter(() => performance.now());
  let onHealthChanged = (): void => undefined;
  const meters = { stats, load: meter, onHealthChanged: () => onHealthChanged() };
  const offered = await openProviders(config, meters, closing);

  const held = createHeldSessions({
    backbone,
    providers: new Map(offered.map((provider) => [provider.name, provider])),
    pump: createWorkPump({ nowMs: () => performance.now(), defer: setImmediate }),
    stats,
    log,
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    random: Math.random,
    after,
    hedgeAfterMs: config.hedgeAfterMs,
  });

  const startedAtMs = Date.now();
  const describe = (): NodeRecord => ({
    role: 'transcriber',
    version,
    started_at_ms: startedAtMs,
    sessions: held.size,
    load: meter.load({
      oldestWaitMs: oldestWaitMs(offered),
      lateShare: held.lateShare,
    }),
    capacity: closing.isShuttingDown ? 0 : config.capacity,
    draining: closing.isShuttingDown,
    providers: offered.map(({ health }) => health.describe()),
  });
  const heartbeat = await startHeartbeat({ backbone, nodeId, describe, after });
  closing.add('heartbeat', () => heartbeat.stop());
  onHealthChanged = () => {
    // A lost beat is made good by the next.
    void heartbeat.beat().catch(() => undefined);
    // Not in the middle of the session's call that changed it.
    setImmediate(() => held.reconsider());
  };
  serve({ config, parts, backbone, held, stats, heartbeat });
  return { nodeId };
}

interface ServingParts {
  readonly config: TranscriberConfig;
  readonly parts: TranscriberParts;
  readonly backbone: TranscriberSide;
  readonly held: HeldSessions;
  readonly stats: StatsCounter;
  readonly heartbeat: Heartbeat;
}

/** Starts what runs for as long as the process does: counting, leases, reading, claiming. */
function serve({ config, parts, backbone, held, stats, heartbeat }: ServingParts): void {
  const { log, closing } = parts;
  const onFailed = (what: string) => (error: unknown) => sayFailure(log, what, error);

  const stopStats = every(STATS_FLUSH_MS, () => void stats.flush());
  closing.add('statistics', async () => {
    stopStats();
    await stats.flush();
  });
  const keeper = startLeaseKeeper({
    renewLeases: backbone.renewLeases.bind(backbone),
    held: () => held.leases(),
    leaseMs: config.leaseMs,
    after,
    onLost: (lease) => held.lose(lease),
    onRenewFailed: onFailed('renewal'),
  });
  closing.add('leases', () => keeper.stop());
  const reader = startTickReader({
    readAudio: backbone.readAudio.bind(backbone),
    sinks: () => held.sessions(),
    tickMs: config.tickMs,
    after,
    random: Math.random,
    onReadFailed: onFailed('reading'),
  });
  closing.add('reading', () => reader.stop());
  const stopStatus = every(STATUS_MS, () => {
    held.reportStatus();
    heartbeat.look();
  });
  closing.add('sessions', async (hurry) => {
    stopStatus();
    await Promise.race([held.handOver(), aborted(hurry)]);
  });
  const claims = startClaimLoop({
    claim: (limit) => backbone.claim(limit, config.providers),
    onWork: backbone.onWork.bind(backbone),
    onClaimed(session) {
      held.start(session);
      reader.hasten();
    },
    capacity: config.capacity,
    held: () => held.size,
    pollMs: config.pollMs,
    after,
    random: Math.random,
    onClaimFailed: onFailed('claiming'),
  });
  closing.add('claims', async (hurry) => {
    // The fleet must see at once that nobody is to be sent here.
    const told = claims.stop().then(() => heartbeat.beat().catch(() => undefined));
    await Promise.race([told, aborted(hurry)]);
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** All of these are tried again by themselves. That Redis is away is told once, by the connection's own event. */
function sayFailure(log: Logger, what: string, error: unknown): void {
  const isKnown = error instanceof SttError && error.code === 'storage_unavailable';
  log[isKnown ? 'debug' : 'warn']({ event: `${what}_failed`, err: error }, `${what} failed; it is tried again`);
}

function sayEvent(log: Logger, event: BackboneEvent): void {
  const { type, ...fields } = event;
  const level = type === 'disconnected' || type === 'storage_refused' ? 'warn' : 'info';
  log[level]({ event: `redis_${type}`, ...fields }, type.replaceAll('_', ' '));
}
