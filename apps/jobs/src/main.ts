import { createLogger, createShutdown } from '@verbatim/observability';
import { readConfigOrExit } from './config.ts';
import { openJobs } from './open-jobs.ts';
import { describeStartFailure, EXIT_CODES } from './start-failure.ts';
import { version } from './version.ts';

/** Time for a round that runs, then for Redis to take the last of it. Units: milliseconds. */
const GRACE_MS = 8000;

const config = readConfigOrExit();
const log = createLogger({ service: 'jobs', version, level: config.logLevel });
const shutdown = createShutdown({ graceMs: GRACE_MS, log });

process.on('uncaughtException', (error) => {
  log.fatal({ event: 'defect', err: error }, 'a defect that nobody caught; shutting down');
  void shutdown.begin('defect', EXIT_CODES.defect);
});

try {
  const { port, nodeId } = await openJobs(config, { log, closing: shutdown });
  log.info({ event: 'ready', port, node_id: nodeId, reap_ms: config.reapMs }, `reaping every ${config.reapMs} ms`);
} catch (thrown) {
  const failure = describeStartFailure(thrown, config);
  if (failure === undefined) log.fatal({ event: 'defect', err: thrown }, 'could not start');
  else process.stderr.write(`jobs cannot start: ${failure.sentence}\n`);
  await shutdown.begin('start failed', failure?.exitCode ?? EXIT_CODES.defect);
}
