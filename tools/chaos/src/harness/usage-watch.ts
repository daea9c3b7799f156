import { openHandles, residentBytes } from './process-usage.ts';
import { slope } from './statistics.ts';

/** What a process used while it was watched. */
export interface Usage {
  readonly name: string;
  readonly samples: number;
  /** Of the resident memory, after the warm-up. */
  readonly slopeMBPerHour: number;
  readonly handlesBefore: number;
  readonly handlesAfter: number;
}

export interface UsageWatch {
  /** Takes the last look and tells. */
  finish(): readonly Usage[];
}

const LOOK_EVERY_MS = 2000;

/** A third of the time: the heap of a young process grows to its working size first. */
const WARM_UP_SHARE = 1 / 3;

const MS_PER_HOUR = 3_600_000;
const BYTES_PER_MB = 1_048_576;

/** Watches memory and handles of processes (name → process id); memory counts for `forMs`, handles are compared at the ends. */
export function watchUsage(pids: Readonly<Record<string, number>>, forMs: number): UsageWatch {
  const startedMs = performance.now();
  const watched = Object.entries(pids).map(([name, pid]) => ({
    ...{ name, pid },
    handlesBefore: openHandles(pid),
    memory: [] as { readonly x: number; readonly y: number }[],
  }));
  const look = () => {
    const atMs = performance.now() - startedMs;
    if (atMs < WARM_UP_SHARE * forMs || atMs > forMs) return;
    for (const { pid, memory } of watched) memory.push({ x: atMs / MS_PER_HOUR, y: residentBytes(pid) / BYTES_PER_MB });
  };
  const looking = setInterval(look, LOOK_EVERY_MS);
  return {
    finish() {
      clearInterval(looking);
      return watched.map(({ name, pid, handlesBefore, memory }) => ({
        ...{ name, handlesBefore, samples: memory.length },
        slopeMBPerHour: slope(memory),
        handlesAfter: openHandles(pid),
      }));
    },
  };
}
