import { randomUUID } from 'node:crypto';
import { createLogger, type Closer } from '@verbatim/observability';
import {
  gatewayVariablesSchema,
  openGateway,
  toGatewayConfig,
  type Gateway,
  type GatewayParts,
} from '../../src/index.ts';

export interface TestGateway extends Gateway {
  /** Every log line so far. */
  readonly logLines: readonly string[];
  close(hurry?: AbortSignal): Promise<void>;
}

export interface TestGatewayOptions {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly limits?: GatewayParts['limits'];
  readonly observerLimits?: GatewayParts['observerLimits'];
  readonly chunkLimits?: GatewayParts['chunkLimits'];
  readonly env?: Readonly<Record<string, unknown>>;
}

/** Opens a gateway in this process on a free port, with everything logged into memory. */
export async function openTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const { redisUrl, keyPrefix, limits = {}, observerLimits = {}, chunkLimits = {}, env = {} } = options;
  const config = toGatewayConfig(
    gatewayVariablesSchema.parse({
      ...{ HOST: '127.0.0.1', PORT: 0, REDIS_URL: redisUrl, STT_KEY_PREFIX: keyPrefix, STT_DRAIN_MS: 100 },
      ...env,
    }),
  );
  const logLines: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const log = createLogger({ service: 'gateway', version: 'test', level: 'debug', destination });
  const closers: Closer[] = [];
  const closing = { add: (_name: string, close: Closer) => void closers.push(close) };
  const gateway = await openGateway(config, {
    log,
    closing,
    limits: { roundMs: 100, ...limits },
    observerLimits,
    chunkLimits,
  });
  return {
    ...gateway,
    logLines,
    async close(hurry = new AbortController().signal) {
      for (const close of closers.splice(0).reverse()) await close(hurry);
    },
  };
}

/** A key prefix that no other test uses. */
export function uniquePrefix(): string {
  return `gw-${randomUUID().slice(0, 8)}`;
}
