import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { DevFailure, EXIT } from '../failure.mjs';

const TIMEOUT_MS = 3_000;
const DEFAULT_PORT = 6379;

/**
 * Checks a Redis address by speaking to it: AUTH if the address has credentials, then PING.
 * @param {string} url `redis://` or `rediss://`
 */
export async function checkRedisUrl(url) {
  const address = parseRedisUrl(url);
  const reply = await exchange(address).catch((error) => {
    throw new DevFailure(
      `The Redis of REDIS_URL (${address.shown}) cannot be reached: ${error.code ?? error.message}. Start it or correct REDIS_URL; without REDIS_URL a private Redis is started.`,
      EXIT.unavailable,
    );
  });
  if (reply === '+PONG') return { summary: `${address.shown} from REDIS_URL answers`, value: url };
  throw new DevFailure(
    `The Redis of REDIS_URL (${address.shown}) refuses: ${reply.slice(1, 120)}. Correct user and password in REDIS_URL.`,
    EXIT.unavailable,
  );
}

/** @param {string} url */
export function parseRedisUrl(url) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new DevFailure(
      'REDIS_URL is not a Redis address. Write it as redis://host:6379 (rediss:// for TLS), or leave it out.',
      EXIT.configuration,
    );
  }
  const port = parsed.port === '' ? DEFAULT_PORT : Number(parsed.port);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port,
    isTls: parsed.protocol === 'rediss:',
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    shown: `${parsed.hostname}:${port}`,
  };
}

/** @returns {Promise<string>} the last reply line, `+PONG` or `-ERR …` */
function exchange(address) {
  return new Promise((resolve, reject) => {
    const target = { host: address.host, port: address.port };
    const socket = address.isTls ? connectTls({ ...target, servername: address.host }) : connectTcp(target);
    const login = address.password === '' ? [] : [loginCommand(address)];
    const commands = [...login, ['PING']];
    let received = '';
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('it closed the connection')));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const replies = received.split('\r\n').slice(0, -1);
      const refusal = replies.find((reply) => reply.startsWith('-'));
      if (refusal === undefined && replies.length < commands.length) return;
      resolve(refusal ?? replies[commands.length - 1] ?? '');
      socket.destroy();
    });
    socket.write(commands.map(toResp).join(''));
  });
}

function loginCommand({ user, password }) {
  return user === '' ? ['AUTH', password] : ['AUTH', user, password];
}

function toResp(parts) {
  return `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}
