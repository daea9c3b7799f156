import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Waits for the end of its standard input, then kills process `$1` and deletes folder `$2` if there is one. */
const SCRIPT = 'trap "" HUP INT TERM; cat >/dev/null; kill -9 "$1" 2>/dev/null; if [ -n "$2" ]; then rm -rf "$2"; fi';

/**
 * Makes sure that a child dies with this process, even when this process is killed with SIGKILL: a tiny shell holds the other
 * end of a pipe, which the kernel closes when we are gone, in whatever way. (`process.on('exit')` would miss a SIGKILL, and
 * jest hands tests a copy of `process` whose listeners never run.)
 * @returns a function to call once the child has ended, so that its process id, free for reuse, is not killed later.
 */
export function watchOver(pid: number, folder = ''): () => void {
  const watchdog = spawn('sh', ['-c', SCRIPT, 'watchdog', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  // A pipe to a child is a socket, though its type does not say so: it must not hold this process open.
  (watchdog.stdin as Socket).unref();
  return () => void watchdog.kill('SIGKILL');
}
