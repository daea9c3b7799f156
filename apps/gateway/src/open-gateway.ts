import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openGatewaySide, type GatewaySide } from '@verbatim/backbone';
import { createHealth, type Logger, type Shutdown } from '@verbatim/observability';
import type { NodeRecord } from '@verbatim/protocol';
import { logBackboneEvent } from './backbone-log.ts';
import { createChunkEndpoint } from './chunks/chunk-endpoint.ts';
import { DEFAULT_CHUNK_LIMITS, type ChunkLimits } from './chunks/limits.ts';
import type { GatewayConfig } from './config.ts';
import { createDecoderPool } from './decoding/create-decoder-pool.ts';
import type { DecoderPool } from './decoding/decoder-pool.ts';
import { createFfmpegTranscoders } from './decoding/transcoding/create-ffmpeg-transcoders.ts';
import { createFleetView } from './fleet/fleet-view.ts';
import { createHttpApp } from './http/create-http-app.ts';
import { DEFAULT_OBSERVER_LIMITS, type ObserverLimits } from './http/events/observer-limits.ts';
import { createObservers } from './http/events/observers.ts';
import { createHttpServer, refuseHandshake } from './http/create-http-server.ts';
import { DEFAULT_NATIVE_LIMITS, type NativeLimits } from './native/limits.ts';
import { createStorageWatch, type StorageWatch } from './native/storage-watch.ts';
import { createStreamEndpoint } from './native/stream-endpoint.ts';
import { startHeartbeat } from './presence/heartbeat.ts';
import { TrafficCounters } from './presence/traffic-counters.ts';
import { version } from './version.ts';

export interface GatewayParts {
  readonly log: Logger;
  /** Is given what to close; the last one given is closed first. */
  readonly closing: Pick<Shutdown, 'add'>;
  /** Shorter times for tests. */
  readonly limits?: Partial<NativeLimits>;
  readonly observerLimits?: Partial<ObserverLimits>;
  readonly chunkLimits?: Partial<ChunkLimits>;
}

/** A gateway that takes connections. */
export interface Gateway {
  readonly port: number;
  /** Where to reach it from this machine. */
  readonly url: string;
  readonly nodeId: string;
}

/** Plain requests that are still under way get so long at the end. Units: milliseconds. */
const HTTP_CLOSE_MS = 1000;
const NODE_ID_RANDOM_BYTES = 4;

const nowMs = (): number => performance.now();

/**
 * Opens a gateway from the inside out: Redis, presence, port, sessions.
 * @throws SttError `storage_unavailable` when there is no Redis; the listen error (EADDRINUSE, EACCES) when the port cannot be had
 */
export async function openGateway(config: GatewayConfig, parts: GatewayParts): Promise<Gateway> {
  const { log, closing } = parts;
  const startedAtMs = Date.now();
  const nodeId = `gateway-${hostname()}-${randomBytes(NODE_ID_RANDOM_BYTES).toString('hex')}`;
  const limits = { ...DEFAULT_NATIVE_LIMITS, ...limitsFrom(config), ...parts.limits };
  const storage = createStorageWatch(nowMs);
  const counters = new TrafficCounters();
  let isDraining = false;

  const backbone = await openBackbone(config, storage, log);
  closing.add('redis', () => backbone.close());

  const fleet = createFleetView({ backbone, nowMs, chains: config.providerChains });
  const health = createHealth();
  health.addCheck('subscription', () =>
    storage.isSubscriptionFresh ? undefined : 'its subscription to Redis is silent',
  );
  const decoders = openDecoders(config, log);
  closing.add('decoders', () => decoders.close());
  const { resumeWindowMs } = config;
  const session = { backbone, fleet, storage, counters, decoders, limits, log, resumeWindowMs, nowMs };
  const stream = createStreamEndpoint({ ...session, onBadHandshake: refuseHandshake });
  const record = (): NodeRecord => nodeRecord({ startedAtMs, sessions: stream.connections, isDraining });
  const onFailure = (error: unknown): void =>
    log.warn({ event: 'beat_failed', err: error }, 'telling Redis of this process failed');
  const heartbeat = await startHeartbeat({
    backbone,
    nodeId,
    record,
    counters,
    refreshFleet: () => fleet.refresh(),
    onFailure,
  });
  closing.add('presence', () => heartbeat.stop());

  const facts = () => ({ version, uptimeMs: Date.now() - startedAtMs });
  const { maxObservers } = config;
  const observers = createObservers({ ...DEFAULT_OBSERVER_LIMITS, maxObservers, ...parts.observerLimits });
  const chunks = createChunkEndpoint({
    ...{ backbone, storage, counters, log, nowMs, session, decoders },
    limits: { ...DEFAULT_CHUNK_LIMITS, ...chunkLimitsFrom(config), ...parts.chunkLimits },
  });
  const server = createHttpServer(createHttpApp({ backbone, health, facts, log, observers, chunks }), stream);
  closing.add('port', (hurry) => closeServer(server, hurry));
  closing.add('uploads', (hurry) => chunks.drain(hurry));
  closing.add('sessions', async (hurry) => {
    isDraining = true;
    health.markDraining();
    // Connections that a load balancer still sends here meanwhile are served like any other.
    await sleep(config.drainDelayMs, undefined, { signal: hurry }).catch(() => undefined);
    observers.drain();
    await stream.drain(config.drainMs, hurry);
  });
  // Last: a port that cannot be had leaves nothing behind that is not on the list.
  const port = await listen(server, config);
  health.markStarted();
  return { port, url: `http://${reachableHost(config.host)}:${port}`, nodeId };
}

function limitsFrom(config: GatewayConfig): Partial<NativeLimits> {
  return { maxConnections: config.maxConnections, idleTimeoutMs: config.idleTimeoutMs };
}

function chunkLimitsFrom(config: GatewayConfig): Partial<ChunkLimits> {
  return { maxUploadBytes: config.maxUploadBytes, longestChunkSeconds: config.maxUploadSeconds };
}

function openDecoders({ decoderWorkers, ffmpeg }: GatewayConfig, log: Logger): DecoderPool {
  return createDecoderPool({
    workers: decoderWorkers,
    ...(ffmpeg === '' ? {} : { transcoders: createFfmpegTranscoders(ffmpeg) }),
    onWorkerLost: (reason) =>
      log.warn({ event: 'decoder_lost', reason }, 'a decoder was given up; its other streams go on in a new one'),
  });
}

async function openBackbone(config: GatewayConfig, storage: StorageWatch, log: Logger): Promise<GatewaySide> {
  const { redisUrl, keyPrefix, shards, leaseMs, resumeWindowMs, retentionMs } = config;
  return openGatewaySide({
    ...{ redisUrl, keyPrefix, shards, leaseMs, resumeWindowMs, retentionMs },
    onEvent(event) {
      storage.see(event);
      logBackboneEvent(log, event);
    },
  });
}

function nodeRecord(state: {
  readonly startedAtMs: number;
  readonly sessions: number;
  readonly isDraining: boolean;
}): NodeRecord {
  const { startedAtMs, sessions, isDraining } = state;
  // A gateway recognises nothing: no capacity, no providers.
  return {
    role: 'gateway',
    version,
    started_at_ms: startedAtMs,
    sessions,
    capacity: 0,
    load: 0,
    draining: isDraining,
    providers: [],
  };
}

async function listen(server: Server, { port, host }: GatewayConfig): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server, hurry: AbortSignal): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = (): void => server.closeAllConnections();
  const patience = setTimeout(cut, HTTP_CLOSE_MS);
  if (hurry.aborted) cut();
  else hurry.addEventListener('abort', cut, { once: true });
  await closed;
  clearTimeout(patience);
}

/** "All interfaces" is no address to connect to. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
