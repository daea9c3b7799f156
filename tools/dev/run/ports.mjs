import { createServer } from 'node:net';
import { DevFailure, EXIT } from '../failure.mjs';

/** Where the gateway listens unless HOST says otherwise: what is started for a trial is not for the network. */
export const LOOPBACK = '127.0.0.1';
const DEFAULT_PORT = 8080;
/** How far beyond the default to look for a free port before giving up. */
const TRIES = 50;
const TAKEN_CODES = new Set(['EADDRINUSE', 'EACCES']);

/**
 * Chooses the gateway's port: the one the user set, or the default, or the next free one.
 * @param {string | undefined} wanted the variable PORT
 * @param {string} host
 * @returns {Promise<{ port: number, isDefault: boolean }>}
 */
export async function choosePort(wanted, host) {
  if (wanted !== undefined && wanted !== '') return { port: await wantedPort(wanted, host), isDefault: true };
  for (let port = DEFAULT_PORT; port < DEFAULT_PORT + TRIES; port += 1) {
    if (await isFree(port, host)) return { port, isDefault: port === DEFAULT_PORT };
  }
  throw new DevFailure(
    `The ports ${DEFAULT_PORT} to ${DEFAULT_PORT + TRIES - 1} are all taken. Set PORT to a free one.`,
    EXIT.unavailable,
  );
}

async function wantedPort(wanted, host) {
  const port = Number(wanted);
  if (!/^\d+$/.test(wanted) || port < 1 || port > 65535) {
    throw new DevFailure(
      `PORT is ${JSON.stringify(wanted)}, which is no port. Set a number from 1 to 65535, or leave it out.`,
      EXIT.configuration,
    );
  }
  if (await isFree(port, host)) return port;
  throw new DevFailure(
    `PORT ${port} is taken by another program. Stop that one, set another PORT, or leave PORT out and the next free one is used.`,
    EXIT.unavailable,
  );
}

/**
 * A port nobody listens on at this moment, for the private Redis.
 * @returns {Promise<number>}
 */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isFree(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (TAKEN_CODES.has(error.code) ? resolve(false) : reject(error)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
