import { readFileSync } from 'node:fs';
import { EXIT } from '../failure.mjs';

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.terminated };
/** How often to look whether npm is still there. Units: milliseconds. */
const PARENT_POLL_MS = 500;

/**
 * Listens for the wish to stop: Ctrl-C, SIGTERM, a closed terminal, or the death of the npm that runs us (it cannot pass
 * SIGKILL on). The first one asks, a second one insists.
 */
export function listenForStop() {
  const controller = new AbortController();
  let onSecond = () => {};
  let isExpected = false;
  let resolveAsked;
  const asked = new Promise((resolve) => (resolveAsked = resolve));
  const ask = (name) => {
    if (controller.signal.aborted) return onSecond();
    resolveAsked(isExpected && name === 'SIGINT' ? EXIT.ok : CODES[name]);
    controller.abort();
  };
  for (const name of Object.keys(CODES)) process.on(name, () => ask(name));
  if (process.env.npm_lifecycle_event !== undefined) watchNpm(() => ask('SIGTERM'));
  return {
    signal: controller.signal,
    /** Resolves with the exit code that fits the signal. */
    asked,
    onSecond: (act) => (onSecond = act),
    /** From now on Ctrl-C is how this is meant to end, so it ends with 0. */
    expect: () => (isExpected = true),
  };
}

function watchNpm(onGone) {
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  timer.unref();
}

/** Our parent, a shell, and its parent, npm; where there is no /proc the shell must do. */
function ancestors() {
  try {
    const [, parentOfParent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8')) ?? [];
    return `${process.ppid} ${parentOfParent}`;
  } catch {
    return `${process.ppid}`;
  }
}
