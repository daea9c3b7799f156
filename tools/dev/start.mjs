import { join } from 'node:path';
import { DevFailure, EXIT, runMain } from './failure.mjs';
import { ROOT } from './places.mjs';
import { BUNDLED_SAMPLE, streamCaptions } from './run/caption-stream.mjs';
import { openHousehold } from './run/household.mjs';
import { choosePort, LOOPBACK } from './run/ports.mjs';
import { startProduct } from './run/product.mjs';
import { listenForStop } from './run/stop-signals.mjs';
import { parseStartArguments } from './run/start-arguments.mjs';
import { createScreen } from './screen.mjs';
import { runSetup } from './setup/run-setup.mjs';

/** `npm start [-- FILE] [--once]`: set-up, the product in one terminal, one file live through it. */
await runMain(async () => {
  const request = parseStartArguments(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (request.kind === 'help') {
    process.stdout.write(`${request.text}\n`);
    return EXIT.ok;
  }
  // With --once stdout belongs to the transcript alone.
  const screen = createScreen(request.isOnce ? process.stderr : process.stdout);
  // Before a minute of set-up, not after it; a port that was not set is chosen when it is needed.
  if (process.env.PORT) await choosePort(process.env.PORT, process.env.HOST || LOOPBACK);
  const stop = listenForStop();
  const prepared = await runSetup({ screen, signal: stop.signal, usesRedisUrl: true });
  const household = openHousehold();
  stop.onSecond(() => household.kill());
  try {
    const code = await Promise.race([present({ request, prepared, household, screen, stop }), stop.asked]);
    if (code === EXIT.interrupted || code === EXIT.terminated) screen.live('');
    return code;
  } finally {
    screen.line('Stopping …');
    await household.close();
  }
});

/** Resolves with the exit code, once there is one. */
async function present({ request, prepared, household, screen, stop }) {
  const product = await startProduct(household, prepared, screen);
  const host = prepared.env.HOST || LOOPBACK;
  const file = request.file ?? join(ROOT, BUNDLED_SAMPLE);
  screen.line(`\nStreaming ${file} at the pace of speech:\n`);
  const streaming = streamCaptions(household, { file, port: product.port, host, env: prepared.env, screen });
  const outcome = await Promise.race([streaming, product.onCrash]);
  if (outcome instanceof DevFailure) throw outcome;
  if (request.isOnce && outcome.code === EXIT.ok) process.stdout.write(`${outcome.transcript}\n`);
  if (request.isOnce || outcome.code !== EXIT.ok) return outcome.code;
  printAddresses(screen, { host, ...product });
  stop.expect();
  throw await product.onCrash;
}

function printAddresses(screen, { host, port, redisUrl }) {
  const at = `${host}:${port}`;
  screen.line(
    [
      '',
      'Verbatim is up.',
      `  WebSocket   ws://${at}/stt/stream   (docs/protocol.md)`,
      `  Health      http://${at}/health`,
      `  Stats       http://${at}/streaming/stats`,
      `  Redis       ${redisUrl}`,
      `  Try         node apps/cli/dist/main.js stream FILE --url ws://${at}`,
      'Ctrl-C stops everything.',
      '',
    ].join('\n'),
  );
}
