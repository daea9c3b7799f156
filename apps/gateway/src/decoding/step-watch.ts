import type { DecoderLimits } from './decoder-limits.ts';

/** Why a worker is given up. */
export type LossReason = 'too_slow' | 'too_large' | 'died';

/** What the process has used, when a step under way is looked at. */
export interface ProcessUse {
  readonly nowMs: number;
  /** Of all threads. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/**
 * Judges the step that a worker has under way, from looks at the process. Pure.
 *
 * The time of the processor that one thread took cannot be read from outside on every version of Node, that of all threads can, and is never
 * less: as long as it is below the limit the step cannot be beyond it, however long it waited on a machine that had other things to do.
 */
export function createStepWatch(limits: DecoderLimits) {
  let step: object | undefined;
  let first: ProcessUse | undefined;
  return {
    /** @param current the step under way, the same object as long as it is the same step */
    look(current: { readonly isOpening: boolean } | undefined, use: ProcessUse): LossReason | undefined {
      if (current === undefined || current !== step || first === undefined) {
        step = current;
        first = use;
        return undefined;
      }
      if (use.residentBytes - first.residentBytes > limits.stepGrowthBytes) return 'too_large';
      const limitMs = current.isOpening ? limits.openMs : limits.stepMs;
      const [waitedMs, usedMs] = [use.nowMs - first.nowMs, use.cpuMs - first.cpuMs];
      const isSlow = waitedMs >= limitMs && usedMs >= limitMs;
      return isSlow || waitedMs >= limits.hangMs ? 'too_slow' : undefined;
    },
  };
}

/** What this process has used by now. */
export function readProcessUse(): ProcessUse {
  const { user, system } = process.cpuUsage();
  const cpuMs = (user + system) / 1000;
  return { nowMs: performance.now(), cpuMs, residentBytes: process.memoryUsage.rss() };
}
