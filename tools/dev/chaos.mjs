import { join } from 'node:path';
import { runOnTerminal } from './command.mjs';
import { runMain } from './failure.mjs';
import { ROOT } from './places.mjs';
import { listenForStop } from './run/stop-signals.mjs';
import { createScreen } from './screen.mjs';
import { PRODUCT, runSetup } from './setup/run-setup.mjs';

const CHAOS = 'tools/chaos/dist/main.js';

/** `npm run chaos [-- ARGS]`: set-up, then tools/chaos with the same arguments. */
await runMain(async () => {
  const { signal } = listenForStop();
  const builds = { ...PRODUCT, chaos: CHAOS };
  const { env } = await runSetup({ screen: createScreen(process.stderr), signal, builds });
  const args = ['--enable-source-maps', join(ROOT, CHAOS), ...process.argv.slice(2)];
  return runOnTerminal(process.execPath, args, { env, signal, cwd: process.env.INIT_CWD ?? ROOT });
});
