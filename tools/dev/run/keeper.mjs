import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/**
 * Outlives its owner for as long as it takes to tidy up after it. The owner names on our stdin what it started (`+pid`),
 * what has ended (`-pid`) and the folder to remove (`dir PATH`); when the pipe closes, for whatever reason, SIGKILL of the
 * owner included, everything still named is stopped. One tiny process instead of a watch in each child, so that the
 * children stay exactly what runs in production.
 */
const GRACE_MS = 5_000;
const POLL_MS = 50;

/** @param {Iterable<string>} notes the owner's lines in order */
export function readNotes(notes) {
  const pids = new Set();
  const folders = new Set();
  for (const note of notes) {
    if (note.startsWith('dir ')) folders.add(note.slice(4));
    else if (note.startsWith('+')) pids.add(Number(note.slice(1)));
    else if (note.startsWith('-')) pids.delete(Number(note.slice(1)));
  }
  return { pids: [...pids].reverse(), folders: [...folders] };
}

async function tidyUp({ pids, folders }) {
  pids.forEach((pid) => send(pid, 'SIGTERM'));
  const deadlineMs = performance.now() + GRACE_MS;
  while (pids.some(isAlive) && performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  pids.filter(isAlive).forEach((pid) => send(pid, 'SIGKILL'));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function isAlive(pid) {
  return send(pid, 0);
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  const notes = [];
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => notes.push(line));
  lines.once('close', () => void tidyUp(readNotes(notes)));
}
