import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Probe } from '@verbatim/protocol';
import { startProcess, type StartedProcess } from '@verbatim/testing';

const folder = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** A build of its own: another one of this machine must not be overwritten under its feet. */
const BUNDLE = 'dist/e2e/main.js';

/** Rounds this close make a test short; a process on a loaded machine still makes them. Units: milliseconds. */
export const REAP_MS = 250;

/** The shortest window that the configuration takes. Units: milliseconds. */
export const RESUME_WINDOW_MS = 1000;
export const RETENTION_MS = 1000;

/** Builds the process under test from the sources as they are. */
export async function buildJobs(): Promise<void> {
  await run(process.execPath, ['../../tools/dev/build/bundle.mjs', 'src/main.ts', BUNDLE], { cwd: folder });
}

/** A jobs process, and what it says. */
export interface JobsProcess extends StartedProcess {
  /** The fields of every log line with this `event`. */
  events(event: string): readonly Record<string, unknown>[];
  /** Asks one of its probes. */
  probe(path: '/livez' | '/readyz' | '/startupz'): Promise<{ readonly status: number; readonly body: Probe }>;
}

/** Starts the built process on a free port and waits until it is ready. */
export async function startJobs(env: Readonly<Record<string, string>>): Promise<JobsProcess> {
  const started = await startProcess({
    name: 'jobs',
    command: process.execPath,
    args: ['--enable-source-maps', BUNDLE],
    cwd: folder,
    env: {
      HOST: '127.0.0.1',
      STT_JOBS_PORT: '0',
      STT_REAP_MS: String(REAP_MS),
      STT_RESUME_WINDOW_MS: String(RESUME_WINDOW_MS),
      STT_RETENTION_MS: String(RETENTION_MS),
      ...env,
    },
    isReady: (line) => line.includes('"event":"ready"'),
  });
  const events = (event: string) =>
    started.lines
      .filter((line) => line.startsWith('{') && line.includes(`"event":"${event}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const port = Number(events('ready')[0]?.['port']);
  return {
    ...started,
    lines: started.lines,
    events,
    async probe(path) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, body: (await response.json()) as Probe };
    },
  };
}
