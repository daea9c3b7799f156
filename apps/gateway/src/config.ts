import { backboneVariables, toBackboneSettings, type BackboneSettings } from '@verbatim/backbone';
import { configurationOrExit, LOG_LEVELS, type LogLevel } from '@verbatim/observability';
import { z } from 'zod';

const durationMs = z.int().min(0).max(86_400_000);

/** Every variable the gateway reads, as it is written in the environment. */
export const gatewayVariablesSchema = z.object({
  ...backboneVariables,
  PORT: z.int().min(0).max(65_535).default(8080).describe('Port of HTTP and WebSocket; 0 takes a free one.'),
  HOST: z
    .string()
    .default('0.0.0.0')
    .describe('Address to listen on. All interfaces, as a container needs; 127.0.0.1 keeps it to this machine.'),
  STT_MAX_CONNECTIONS: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(5000)
    .describe('WebSocket connections of this process; further ones are told when to come back (4100).'),
  STT_IDLE_TIMEOUT_MS: durationMs
    .min(1000)
    .default(300_000)
    .describe('A connection without audio and keepalive for so long is closed (4106); its session can be resumed.'),
  STT_DRAIN_DELAY_MS: durationMs
    .default(0)
    .describe(
      'On SIGTERM /readyz is 503 at once and everything is served on for so long: time for a load balancer to notice. 0 where ' +
        'something else waits before the signal, such as a preStop hook.',
    ),
  STT_DRAIN_MS: durationMs
    .default(2000)
    .describe('On SIGTERM, after the delay, the connections are closed spread over this time.'),
  STT_LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe('Least severe level that is logged.'),
});

/** What the gateway runs with. Every duration in milliseconds. */
export interface GatewayConfig extends BackboneSettings {
  readonly port: number;
  readonly host: string;
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
  readonly drainDelayMs: number;
  readonly drainMs: number;
  readonly logLevel: LogLevel;
}

/** Gives the variables the names the code uses. */
export function toGatewayConfig(variables: z.infer<typeof gatewayVariablesSchema>): GatewayConfig {
  return {
    ...toBackboneSettings(variables),
    port: variables.PORT,
    host: variables.HOST,
    maxConnections: variables.STT_MAX_CONNECTIONS,
    idleTimeoutMs: variables.STT_IDLE_TIMEOUT_MS,
    drainDelayMs: variables.STT_DRAIN_DELAY_MS,
    drainMs: variables.STT_DRAIN_MS,
    logLevel: variables.STT_LOG_LEVEL,
  };
}

/** Reads the environment, the only place that does; prints every problem and exits 78 when something is wrong. */
export function readConfigOrExit(): GatewayConfig {
  const { env, argv } = process;
  return toGatewayConfig(configurationOrExit(gatewayVariablesSchema, { env, argv, name: 'gateway' }));
}
