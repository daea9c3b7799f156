import { createLogger, createShutdown } from '@verbatim/observability';
import { readConfigOrExit } from './config.ts';
import { openTranscriber } from './open-transcriber.ts';
import { describeStartFailure, EXIT_CODES } from './start-failure.ts';
import { version } from './version.ts';

/** Time to commit what is decided and to hand every session back. Units: milliseconds. */
const GRACE_MS = 10_000;

const config = readConfigOrExit();
const log = createLogger({ service: 'transcriber', version, level: config.logLevel });
const shutdown = createShutdown({ graceMs: GRACE_MS, log });

process.on('uncaughtException', (error) => {
  log.fatal({ event: 'defect', err: error }, 'a defect that nobody caught; shutting down');
  void shutdown.begin('defect', EXIT_CODES.defect);
});

try {
  const { nodeId } = await openTranscriber(config, { log, closing: shutdown });
  const { providers, capacity } = config;
  log.info({ event: 'ready', node_id: nodeId, providers, capacity }, `transcribing with ${providers.join(', ')}`);
} catch (thrown) {
  const failure = describeStartFailure(thrown);
  if (failure === undefined) log.fatal({ event: 'defect', err: thrown }, 'could not start');
  else process.stderr.write(`transcriber cannot start: ${failure.sentence}\n`);
  await shutdown.begin('start failed', failure?.exitCode ?? EXIT_CODES.defect);
}
