import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DevFailure, EXIT } from '../failure.mjs';

const USAGE = 'Usage: npm start [-- [FILE] [--once]]   (FILE: WAV or FLAC; without it the bundled sample)';

/**
 * Reads the command line of `npm start`.
 * @param {readonly string[]} args
 * @param {string} userFolder where the user typed the command: a relative FILE starts there, not at the checkout
 * @returns {{ kind: 'help', text: string } | { kind: 'run', file: string | undefined, isOnce: boolean }}
 */
export function parseStartArguments(args, userFolder) {
  if (args.includes('--help') || args.includes('-h')) return { kind: 'help', text: USAGE };
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--once');
  if (unknown !== undefined) throw new DevFailure(`Unknown option ${unknown}. ${USAGE}`, EXIT.usage);
  const files = args.filter((arg) => !arg.startsWith('-'));
  if (files.length > 1) throw new DevFailure(`One FILE at most, these are ${files.length}. ${USAGE}`, EXIT.usage);
  const file = files[0] === undefined ? undefined : resolve(userFolder, files[0]);
  if (file !== undefined) refuseUnreadable(file);
  return { kind: 'run', file, isOnce: args.includes('--once') };
}

/** Before a minute of set-up, not after it. */
function refuseUnreadable(file) {
  const reason = unreadableBecause(file);
  if (reason === undefined) return;
  throw new DevFailure(`${file} ${reason}. Give the path of a WAV or FLAC file.`, EXIT.noSuchFile);
}

/** @returns {string | undefined} undefined for a file that can be read */
function unreadableBecause(file) {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isFile() ? undefined : 'is not a file';
  } catch (error) {
    return error.code === 'EACCES' ? 'may not be read by this user' : 'does not exist';
  }
}
