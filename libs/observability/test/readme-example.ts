import { configurationOrExit, createHealth, createLogger, createShutdown } from '../src/index.ts';
import { z } from 'zod';

export function startProcess(env: Record<string, string | undefined>, argv: string[]) {
  const schema = z.object({ STT_DRAIN_MS: z.int().min(0).default(2000).describe('Time to close, in milliseconds.') });
  const config = configurationOrExit(schema, { env, argv, name: 'gateway' });
  const log = createLogger({ service: 'gateway', version: '0.1.0' });
  const health = createHealth();
  const shutdown = createShutdown({ graceMs: config.STT_DRAIN_MS, log });
  shutdown.add('health', () => health.markDraining());
  health.markStarted();
  return { config, log, health, shutdown };
}
