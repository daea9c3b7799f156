import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DevFailure, EXIT } from '../failure.mjs';
import { freePort } from './ports.mjs';

const READY = 'Ready to accept connections';
/** A port found free may be taken before Redis binds it. */
const TRIES = 3;

/**
 * Starts a Redis of our own: loopback, own folder, append-only file on. It has a password, because an open Redis on
 * loopback lets any other user of the machine write files in our name.
 * @param {ReturnType<import('./household.mjs').openHousehold>} household
 * @param {{ program: string, env: NodeJS.ProcessEnv, onLine: (line: string) => void }} options
 * @returns {Promise<{ url: string, port: number, exited: Promise<unknown> }>}
 */
export async function startPrivateRedis(household, { program, env, onLine }) {
  const folder = join(household.folder, 'redis');
  mkdirSync(folder);
  const password = randomBytes(18).toString('base64url');
  let said = [];
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = await freePort();
    said = [];
    const ready = withResolvers();
    const child = household.start({
      command: program,
      args: ['-'],
      input: configuration({ port, folder, password }),
      env,
      onLine: (line) => {
        said.push(line);
        onLine(line);
        if (line.includes(READY)) ready.resolve(true);
      },
    });
    void child.exited.then(() => ready.resolve(false));
    if (await ready.promise) return { url: `redis://:${password}@127.0.0.1:${port}`, port, exited: child.exited };
  }
  throw new DevFailure(
    `Redis (${program}) did not start: ${said.at(-1) ?? 'no output'}. Set REDIS_URL to another one, or VERBATIM_REDIS_SERVER to another program.`,
    EXIT.childFailed,
  );
}

/** Given on stdin, so that the password is not in the process list. `save ""`: the append-only file is the persistence. */
function configuration({ port, folder, password }) {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir "${folder}"`,
    `requirepass ${password}`,
    'appendonly yes',
    'save ""',
    'maxmemory-policy noeviction',
    'loglevel notice',
    '',
  ].join('\n');
}

/** `Promise.withResolvers` comes with Node 22. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
