import { projectsWith } from './checks/projects.mjs';
import { removeResults, RESULTS_FILE, resultLine, sumResults } from './checks/test-results.mjs';
import { runOnTerminal } from './command.mjs';
import { DevFailure, EXIT, runMain } from './failure.mjs';
import { NX, ROOT } from './places.mjs';
import { seconds } from './progress.mjs';
import { listenForStop } from './run/stop-signals.mjs';
import { createScreen } from './screen.mjs';
import { runSetup } from './setup/run-setup.mjs';

/** `npm test [-- PROJECT …]`: set-up, the tests of every project (or of those named), one line with the sum. */
await runMain(async () => {
  const startedMs = performance.now();
  const projects = chooseProjects(process.argv.slice(2));
  const { signal } = listenForStop();
  const screen = createScreen(process.stdout);
  const { env } = await runSetup({ screen, signal });
  removeResults(projects);
  const nxCode = await runTests(projects, { env, signal });
  const sum = sumResults(projects);
  if (nxCode !== 0 && sum.failed === 0) sum.failed = 1;
  for (const name of sum.broken) screen.line(`✗ ${name} ended without results: counted as one failure.`);
  if (sum.passed + sum.failed === 0) screen.line('✗ No test ran.');
  screen.line(`Set-up and tests took ${seconds(performance.now() - startedMs)}.`);
  screen.line(resultLine(sum));
  return sum.failed === 0 && sum.passed > 0 ? EXIT.ok : EXIT.checkFailed;
});

function chooseProjects(names) {
  const all = projectsWith(ROOT, 'test');
  const unknown = names.find((name) => !all.some((project) => project.name === name));
  if (unknown !== undefined) {
    const known = all.map(({ name }) => name).join(', ');
    throw new DevFailure(`There is no project ${unknown} with tests. Known: ${known}.`, EXIT.usage);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** Two at a time: more only take turns on a small machine and make timing tests unfair. */
function runTests(projects, { env, signal }) {
  const names = projects.map(({ name }) => name).join(',');
  const nx = ['run-many', '-t', 'test', '-p', names, '--parallel=2', '--skip-nx-cache', '--output-style=stream'];
  const jest = ['--json', `--outputFile=${RESULTS_FILE}`];
  // nx asks for colours in pipes too; what tests start would then print \x1b[33m8080\x1b[39m where a test reads 8080.
  const plain = { NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' };
  return runOnTerminal(NX, [...nx, '--', ...jest], { cwd: ROOT, env: { ...env, ...plain }, signal });
}
