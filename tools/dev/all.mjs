import { join } from 'node:path';
import { projectsWith } from './checks/projects.mjs';
import { runOnTerminal } from './command.mjs';
import { DevFailure, EXIT, runMain } from './failure.mjs';
import { NX, ROOT } from './places.mjs';
import { seconds } from './progress.mjs';
import { listenForStop } from './run/stop-signals.mjs';
import { createScreen } from './screen.mjs';
import { runSetup } from './setup/run-setup.mjs';

const nx = (...args) => [NX, ['run-many', '--output-style=static', ...args]];

/** Nothing is printed after it: its last line, the sum of the tests, is what CI reads. */
const LAST_STEP = 'test';

/** In this order the cheapest check that can fail comes first. */
const STEPS = [
  {
    name: 'format',
    advice: 'Mend it with: npm run format',
    command: [join(ROOT, 'node_modules', '.bin', 'prettier'), ['--check', '.']],
  },
  { name: 'lint', advice: 'The lines above name file and rule.', command: nx('-t', 'lint') },
  { name: 'typecheck', advice: 'The lines above name file and error.', command: nx('-t', 'typecheck') },
  ...docsSteps(),
  { name: 'build', advice: 'The lines above name file and error.', command: nx('-t', 'build') },
  { name: LAST_STEP, advice: 'The lines above name each test that failed.', command: ['npm', ['test']] },
];

/** `npm run all`: what must be green before a change is offered. Stops at the first failure. */
await runMain(async () => {
  const { signal } = listenForStop();
  const { env } = await runSetup({ screen: createScreen(process.stdout), signal, builds: {} });
  for (const step of STEPS) {
    await runStep(step, { signal, env: { ...env, NX_DAEMON: 'false', NX_TUI: 'false' } });
  }
  return EXIT.ok;
});

async function runStep({ name, advice, command: [program, args] }, { env, signal }) {
  const startedMs = performance.now();
  process.stdout.write(`▶ ${name}\n`);
  const code = await runOnTerminal(program, args, { cwd: ROOT, env, signal });
  const took = seconds(performance.now() - startedMs);
  if (code !== 0) throw new DevFailure(`${name} failed after ${took}. ${advice}`, EXIT.checkFailed);
  if (name !== LAST_STEP) process.stdout.write(`✓ ${name}  (${took})\n`);
}

/** The generated documents must be what the sources say now. */
function docsSteps() {
  const hasCheck = projectsWith(ROOT, 'check').some(({ name }) => name === 'docs');
  const command = nx('-t', 'check', '-p', 'docs');
  return hasCheck ? [{ name: 'docs', advice: 'Write them anew with: npm run docs', command }] : [];
}
