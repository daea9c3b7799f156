import { EXIT, runMain } from './failure.mjs';
import { listenForStop } from './run/stop-signals.mjs';
import { createScreen } from './screen.mjs';
import { runSetup } from './setup/run-setup.mjs';

/** `npm run setup`: everything that `npm start` does before it starts anything. */
await runMain(async () => {
  await runSetup({ screen: createScreen(process.stdout), signal: listenForStop().signal });
  return EXIT.ok;
});
