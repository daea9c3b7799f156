// Configuration: from the environment, all problems at once
export { loadConfiguration, type Environment, type LoadedConfiguration } from './configuration/load-configuration.ts';
export {
  BAD_CONFIGURATION_EXIT_CODE,
  configurationOrExit,
  exitOnBadConfiguration,
  type ConfigurationOrExitOptions,
  type ExitingProcess,
} from './configuration/configuration-or-exit.ts';
export { describeConfiguration, type VariableDescription } from './configuration/describe-configuration.ts';
export { FLEET_VARIABLES } from './configuration/fleet-variables.ts';

// Logs: one JSON line, never a word of what was said
export {
  LOG_LEVELS,
  createLogger,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  type LogMethod,
} from './logs/create-logger.ts';
export { redactUrl } from './logs/redact-url.ts';

// Life of a process
export { createHealth, type HealthCheck, type ProbeAnswer, type ProcessHealth } from './health.ts';
export {
  createShutdown,
  type Closer,
  type Shutdown,
  type ShutdownOptions,
  type SignalledProcess,
  type StartTimer,
} from './shutdown.ts';
