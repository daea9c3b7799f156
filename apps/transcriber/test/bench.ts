import { fileURLToPath } from 'node:url';
import { openGatewaySide, type GatewaySide } from '@verbatim/backbone';
import { startProcess, startRedis, type PrivateRedis, type StartedProcess } from '@verbatim/testing';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** A lease this short makes takeovers quick; it is still far above the pauses of a loaded machine. Units: milliseconds. */
export const LEASE_MS = 1000;

export interface BenchOptions {
  readonly isRedisDurable?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A private Redis, the gateway's face of it, and transcribers as real processes. */
export interface Bench {
  readonly redis: PrivateRedis;
  readonly gateway: GatewaySide;
  startTranscriber(env?: Readonly<Record<string, string>>): Promise<StartedProcess>;
  /** Stops everything that is still there. */
  stop(): Promise<void>;
}

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const redis = await startRedis({ appendOnly: options.isRedisDurable ?? false });
  const gateway = await openGatewaySide({ redisUrl: redis.url, leaseMs: LEASE_MS });
  const transcribers: StartedProcess[] = [];
  return {
    redis,
    gateway,
    async startTranscriber(env = {}) {
      const transcriber = await startTranscriber({
        REDIS_URL: redis.url,
        STT_PROVIDERS: 'ledger',
        STT_LEASE_MS: String(LEASE_MS),
        ...options.env,
        ...env,
      });
      transcribers.push(transcriber);
      return transcriber;
    },
    async stop() {
      await gateway.close();
      await Promise.all(transcribers.map((transcriber) => transcriber.stop()));
      await redis.stop();
    },
  };
}

/** Starts the built process and waits until it is ready. */
export function startTranscriber(env: Readonly<Record<string, string>>): Promise<StartedProcess> {
  return startProcess({
    name: 'transcriber',
    command: process.execPath,
    args: ['--enable-source-maps', 'dist/main.js'],
    cwd: folder,
    env,
    isReady: (line) => line.includes('"event":"ready"'),
  });
}

/** Log lines of one event. */
export function eventsOf(transcriber: StartedProcess, event: string): readonly Record<string, unknown>[] {
  return transcriber.lines
    .filter((line) => line.startsWith('{') && line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
