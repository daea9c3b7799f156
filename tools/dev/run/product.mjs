import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { DevFailure, EXIT } from '../failure.mjs';
import { ROOT } from '../places.mjs';
import { seconds } from '../progress.mjs';
import { PRODUCT } from '../setup/run-setup.mjs';
import { formatLogLine, parseRecord } from './log-line.mjs';
import { choosePort, LOOPBACK } from './ports.mjs';
import { startPrivateRedis } from './private-redis.mjs';

/** Loading the model takes a second; a machine that swaps may take long. */
const READY_TIMEOUT_MS = 60_000;
/** The head of a warning in Redis's log. */
const WARNING = /^\d+:\w .* # /;

/**
 * Starts Redis, transcriber and gateway, and resolves once all are ready; then starts the jobs process behind their backs.
 * @param {ReturnType<import('./household.mjs').openHousehold>} household
 * @param {Awaited<ReturnType<typeof import('../setup/run-setup.mjs').runSetup>>} prepared
 * @param {ReturnType<import('../screen.mjs').createScreen>} screen
 * @returns {Promise<{ port: number, redisUrl: string, onCrash: Promise<DevFailure> }>} `onCrash` resolves if one of them ends by itself
 */
export async function startProduct(household, prepared, screen) {
  const env = { ...prepared.env };
  const host = env.HOST || LOOPBACK;
  const { port, isDefault } = await choosePort(env.PORT, host);
  if (!isDefault) screen.line(`Port 8080 is taken; the gateway uses ${port}. Set PORT to choose.`);
  const print = (name) => (line) => screen.line(formatLogLine(name, line, { isColoured: screen.isTerminal }));
  const redis = await openRedis(household, { prepared, env, print });
  Object.assign(env, { REDIS_URL: redis.url, HOST: host, PORT: String(port) });
  const apps = ['transcriber', 'gateway'].map((name) => startApp(household, { name, env, screen, print: print(name) }));
  await Promise.all(apps.map((app) => app.ready));
  const crashes = [...apps, redis].map(({ name, exited }) => exited.then((exit) => crashOf(name, exit)));
  const jobs = startJobs(household, { env, screen, print: print('jobs') });
  return { port, redisUrl: redis.url, onCrash: Promise.race([...crashes, jobs.onCrash]) };
}

/** Nobody waits for it: the first session it could have to end is minutes old. So it must not take a core from the first captions. */
function startJobs(household, { env, screen, print }) {
  // Of the probes nobody asks here; a fixed port would be one more that can be taken.
  const jobsEnv = { ...env, STT_JOBS_PORT: env.STT_JOBS_PORT || '0' };
  const { pid, ready, exited } = startApp(household, { name: 'jobs', env: jobsEnv, screen, print });
  lowerPriority(pid);
  return { onCrash: ready.then(() => exited.then((exit) => crashOf('jobs', exit))).catch((failure) => failure) };
}

function lowerPriority(pid) {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, which is told elsewhere, or this machine has no priorities: then it competes.
  }
}

async function openRedis(household, { prepared, env, print }) {
  if (prepared.redis.kind === 'url') return { name: 'redis', url: prepared.redis.url, exited: new Promise(() => {}) };
  const printRedis = print('redis');
  // While it starts and stops Redis marks its small talk as warnings too; a failed start is told by startPrivateRedis.
  let isUp = false;
  const onLine = (line) => {
    if (isUp && !household.isClosing && WARNING.test(line)) printRedis(line.replace(WARNING, ''));
  };
  const redis = await startPrivateRedis(household, { program: prepared.redis.path, env, onLine });
  isUp = true;
  return { name: 'redis', ...redis };
}

function startApp(household, { name, env, screen, print }) {
  const startedMs = performance.now();
  const said = [];
  let becomeReady;
  const isReady = new Promise((resolve) => (becomeReady = resolve));
  const child = household.start({
    command: process.execPath,
    args: ['--enable-source-maps', join(ROOT, PRODUCT[name])],
    env,
    onLine: (line) => {
      if (said.push(line) > 20) said.shift();
      print(line);
      if (parseRecord(line)?.event === 'ready') becomeReady('ready');
    },
  });
  const timer = setTimeout(() => becomeReady('late'), READY_TIMEOUT_MS);
  const ready = Promise.race([isReady, child.exited]).then((outcome) => {
    clearTimeout(timer);
    if (outcome === 'ready') return screen.line(`✓ ${name} is ready  (${seconds(performance.now() - startedMs)})`);
    throw new DevFailure(startFailure(name, outcome, said), EXIT.childFailed);
  });
  return { name, pid: child.pid, ready, exited: child.exited };
}

function startFailure(name, outcome, said) {
  if (outcome === 'late')
    return `The ${name} was not ready after ${READY_TIMEOUT_MS / 1000} s. Its last lines are above.`;
  // Its own sentence first: what it logs after that is how it ended, not why.
  const head = `${name} cannot start: `;
  const sentence = said.find((line) => line.startsWith(head))?.slice(head.length);
  const record = said.map(parseRecord).findLast((entry) => entry?.msg !== undefined);
  const reason = sentence ?? record?.msg ?? said.findLast((line) => line.trim() !== '') ?? 'it said nothing';
  return `The ${name} ended while it started (${exitText(outcome)}): ${reason}`;
}

function crashOf(name, exit) {
  return new DevFailure(
    `The ${name} ended by itself (${exitText(exit)}); its last lines are above. Everything else was stopped.`,
    EXIT.childFailed,
  );
}

function exitText({ code, signal, error }) {
  if (error) return error.message;
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
