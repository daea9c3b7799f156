import type { BackboneEvent } from '@verbatim/backbone';
import type { Logger } from '@verbatim/observability';

/** Writes what happened between this process and Redis into its log. */
export function logBackboneEvent(log: Logger, event: BackboneEvent): void {
  const { type, ...fields } = event;
  const line = { event: `redis_${type}`, ...fields };
  switch (type) {
    case 'connected':
      return log.info(line, 'connected to Redis');
    case 'disconnected':
      return log.warn(line, 'a connection to Redis is down; reconnecting');
    case 'subscription_silent':
      return log.warn(line, 'the subscription was silent; reconnecting');
    case 'storage_refused':
      return log.warn(line, 'Redis refuses to store audio; it waits here');
    case 'log_gap_filled':
      return log.info(line, 'messages that the channel had not brought were read from the log');
  }
}
