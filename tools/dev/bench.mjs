import { join } from 'node:path';
import { runOnTerminal } from './command.mjs';
import { runMain } from './failure.mjs';
import { ROOT } from './places.mjs';
import { listenForStop } from './run/stop-signals.mjs';
import { createScreen } from './screen.mjs';
import { PRODUCT, runSetup } from './setup/run-setup.mjs';

const LOAD = 'tools/load/dist/main.js';

/** `npm run bench [-- ARGS]`: set-up, then tools/load with the same arguments. */
await runMain(async () => {
  const { signal } = listenForStop();
  const builds = { ...PRODUCT, load: LOAD };
  const { env } = await runSetup({ screen: createScreen(process.stderr), signal, builds });
  const args = ['--enable-source-maps', join(ROOT, LOAD), ...process.argv.slice(2)];
  return runOnTerminal(process.execPath, args, { env, signal, cwd: process.env.INIT_CWD ?? ROOT });
});
