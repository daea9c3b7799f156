import { createLogger, createShutdown } from '@verbatim/observability';
import { readConfigOrExit } from './config.ts';
import { openGateway } from './open-gateway.ts';
import { describeStartFailure, EXIT_CODES } from './start-failure.ts';
import { version } from './version.ts';

/** What closing needs beyond the drain itself: closing handshakes, flushing, Redis. Units: milliseconds. */
const CLOSE_MS = 8000;

const config = readConfigOrExit();
const log = createLogger({ service: 'gateway', version, level: config.logLevel });
const shutdown = createShutdown({ graceMs: config.drainDelayMs + config.drainMs + CLOSE_MS, log });

process.on('uncaughtException', (error) => {
  log.fatal({ event: 'defect', err: error }, 'a defect that nobody caught; shutting down');
  void shutdown.begin('defect', EXIT_CODES.defect);
});

try {
  const { port, url, nodeId } = await openGateway(config, { log, closing: shutdown });
  log.info({ event: 'ready', port, url, node_id: nodeId }, `listening on ${url}`);
} catch (thrown) {
  const failure = describeStartFailure(thrown, config);
  if (failure === undefined) log.fatal({ event: 'defect', err: thrown }, 'could not start');
  else process.stderr.write(`gateway cannot start: ${failure.sentence}\n`);
  await shutdown.begin('start failed', failure?.exitCode ?? EXIT_CODES.defect);
}
