import { fileURLToPath } from 'node:url';
import { startProcess, type StartedProcess } from '@verbatim/testing';

const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url));

export type AppName = 'gateway' | 'transcriber' | 'jobs';

export type LogEntry = Readonly<Record<string, unknown>>;

export interface StartedApp {
  readonly process: StartedProcess;
  /** The log entry that said `ready`. */
  readonly ready: LogEntry;
}

export interface AppStart {
  readonly env: Readonly<Record<string, string>>;
  /** Goes before the command; for example `ip netns exec NAME`. */
  readonly commandPrefix: readonly string[];
}

/** Starts a built app and resolves when it says that it is ready. */
export async function startApp(name: AppName, { env, commandPrefix }: AppStart): Promise<StartedApp> {
  const node = globalThis.process.execPath;
  const [command = node, ...args] = [...commandPrefix, node, '--enable-source-maps', `apps/${name}/dist/main.js`];
  let ready: LogEntry = {};
  const process = await startProcess({
    ...{ name, command, args },
    cwd: workspaceRoot,
    env,
    isReady(line) {
      const entry = parseLogLine(line);
      if (entry?.['event'] !== 'ready') return false;
      ready = entry;
      return true;
    },
  });
  return { process, ready };
}

/** What a process has logged so far under `event`. */
export function loggedEvents(process: StartedProcess, event: string): readonly LogEntry[] {
  return process.lines.flatMap((line) => {
    const entry = parseLogLine(line);
    return entry?.['event'] === event ? [entry] : [];
  });
}

function parseLogLine(line: string): LogEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    // The last line of a process that was killed may be half of one.
    return undefined;
  }
}
