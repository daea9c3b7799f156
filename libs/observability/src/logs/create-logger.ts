import { pino, stdTimeFunctions } from 'pino';
import { redactFields, redactMessage } from './redact-fields.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields first, then one plain sentence. No printf arguments: what is not a named field cannot be redacted by name. */
export interface LogMethod {
  (fields: object, message?: string): void;
  (message: string): void;
}

export interface Logger {
  /** May be changed while running. */
  level: string;
  trace: LogMethod;
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
  fatal: LogMethod;
  /** A logger that adds these fields to each of its lines, for example `{ session_id, request_id }`. */
  child(fields: Record<string, unknown>): Logger;
}

export interface LoggerOptions {
  /** Role of the process: `gateway`, `transcriber`. */
  readonly service: string;
  readonly version: string;
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Where lines go. Default: stdout. */
  readonly destination?: { write(line: string): void };
}

/**
 * Opens a process's log: one JSON object a line with `time` (ISO-8601, UTC), `level` (a word), `msg`, `service`, `version`.
 *
 * Invariant: no audio, no transcript, no credential, at any level; see {@link redactFields} for how.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.service, version: options.version },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: redactFields },
    // Errors are plain and redacted by now; pino's own serializer would join the messages of their causes again.
    serializers: { err: (error: unknown) => error },
    hooks: { logMethod: redactArguments },
  };
  const log = options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  return Object.assign(log, { child: redactingChild(log) });
}

/** pino drops its bindings formatter in children, so a child's fields are redacted before it sees them. */
function redactingChild(log: Logger): Logger['child'] {
  const openChild = Reflect.get(log, 'child') as (this: Logger, fields: object) => Logger;
  // `this`, not `log`: grandchildren inherit the method and must keep the fields of their own parent.
  return function (this: Logger, fields) {
    return openChild.call(this, redactFields(fields));
  };
}

/** Runs before pino looks at the arguments: an error's message would become `msg` untouched. */
function redactArguments(this: unknown, args: unknown[], method: (...args: never[]) => void): void {
  const [first, second] = args;
  const write = method as (...args: unknown[]) => void;
  if (typeof first === 'string') return write.call(this, redactMessage(first));
  const fields = first instanceof Error ? { err: first } : first;
  const message = typeof second === 'string' ? second : first instanceof Error ? first.message : undefined;
  return message === undefined ? write.call(this, fields) : write.call(this, fields, redactMessage(message));
}
