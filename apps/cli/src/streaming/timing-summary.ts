import type { ServerMessage } from '@verbatim/protocol';
import { createSendClock, type SendClock } from './send-clock.ts';

/** Times of one streamed file as its user lived them. Units: milliseconds. Undefined where nothing happened. */
export interface Timings {
  readonly connectMs: number;
  /** From the moment the first speech was sent to the first words on show, interim or final. */
  readonly firstWordsMs: number | undefined;
  readonly finals: number;
  /** From the moment the last audio of a final was sent to its arrival: endpointing silence included. */
  readonly finalDelayP50Ms: number | undefined;
  readonly finalDelayP95Ms: number | undefined;
  readonly audioMs: number;
  readonly tookMs: number;
}

/** Watches a session go by. `atMs` is always the caller's monotonic clock. */
export interface TimingWatch {
  readonly sends: SendClock;
  see(message: ServerMessage, atMs: number): void;
  sum(times: { readonly connectMs: number; readonly audioMs: number; readonly tookMs: number }): Timings;
}

/** Creates a watch for one session. */
export function createTimingWatch(): TimingWatch {
  const sends = createSendClock();
  const finalDelaysMs: number[] = [];
  let firstSpeechMs: number | undefined;
  let firstWordsMs: number | undefined;
  const since = (positionMs: number, atMs: number) => {
    const sentAtMs = sends.sentAtMs(positionMs);
    return sentAtMs === undefined ? undefined : Math.max(0, atMs - sentAtMs);
  };
  return {
    sends,
    see(message, atMs) {
      if (message.type === 'speech_started') firstSpeechMs ??= message.at_ms;
      if (message.type !== 'transcription' || message.text === '') return;
      firstWordsMs ??= since(firstSpeechMs ?? message.start_ms, atMs);
      const delayMs = message.is_final ? since(message.end_ms, atMs) : undefined;
      if (delayMs !== undefined) finalDelaysMs.push(delayMs);
    },
    sum: (times) => ({
      ...times,
      firstWordsMs,
      finals: finalDelaysMs.length,
      finalDelayP50Ms: percentile(finalDelaysMs, 0.5),
      finalDelayP95Ms: percentile(finalDelaysMs, 0.95),
    }),
  };
}

/** The nearest-rank percentile: always a value that was measured. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** One line for people. */
export function describeTimings(timings: Timings): string {
  const parts = [`connected in ${Math.round(timings.connectMs)} ms`];
  if (timings.firstWordsMs !== undefined) {
    parts.push(`first words ${seconds(timings.firstWordsMs)} after speech began`);
  }
  if (timings.finalDelayP50Ms !== undefined && timings.finalDelayP95Ms !== undefined) {
    const [p50, p95] = [seconds(timings.finalDelayP50Ms), seconds(timings.finalDelayP95Ms)];
    parts.push(`${timings.finals} finals, ${p50} (p50) and ${p95} (p95) after their last word`);
  }
  parts.push(`${seconds(timings.audioMs)} of audio in ${seconds(timings.tookMs)}`);
  return `Timing: ${parts.join('; ')}.`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}
