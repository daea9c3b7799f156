import { CHUNK_SAMPLES } from '@verbatim/audio';

/** Measures how late a session's text is: the age of the oldest thing that still waits. */
export interface LagMeter {
  /** Audio up to `endSample` arrived from Redis. */
  audioArrived(endSample: number): void;
  /** Text for a range was asked for; returns a function to call when it is there or not wanted any more. */
  textAsked(): () => void;
  /** Units: milliseconds. */
  lagMs(decidedSample: number): number;
}

export function createLagMeter(nowMs: () => number): LagMeter {
  const arrivals: { readonly endSample: number; readonly atMs: number }[] = [];
  const asked = new Set<{ readonly atMs: number }>();
  return {
    audioArrived(endSample) {
      arrivals.push({ endSample, atMs: nowMs() });
    },
    textAsked() {
      const question = { atMs: nowMs() };
      asked.add(question);
      return () => void asked.delete(question);
    },
    lagMs(decidedSample) {
      // Less than a frame does not wait for us but for more audio.
      const undecided = arrivals.findIndex((arrival) => arrival.endSample - decidedSample >= CHUNK_SAMPLES);
      arrivals.splice(0, undecided === -1 ? arrivals.length : undecided);
      const [oldestAsked] = asked;
      const sinceMs = Math.min(arrivals[0]?.atMs ?? Infinity, oldestAsked?.atMs ?? Infinity);
      return sinceMs === Infinity ? 0 : nowMs() - sinceMs;
    },
  };
}
