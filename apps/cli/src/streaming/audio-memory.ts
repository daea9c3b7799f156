import { durationMs, type AudioInput } from './audio-input.ts';

/** As much as the gateways keep of one session before they take no more. Units: milliseconds of audio. */
const MOST_UNACKNOWLEDGED_MS = 60_000;

/** What a stream keeps to send it again, as its options have it. Units: milliseconds of audio. */
export interface AudioMemory {
  readonly keepMs?: number;
  readonly mostUnacknowledgedMs?: number;
}

/**
 * A recording that goes out faster than it was spoken can be far ahead when a failover takes acknowledged audio back: all of it is kept.
 * Otherwise the defaults do.
 */
export function audioMemory(input: AudioInput, { isFast }: { readonly isFast: boolean }): AudioMemory {
  const recordingMs = durationMs(input);
  if (!isFast || recordingMs === undefined) return {};
  return { keepMs: recordingMs, mostUnacknowledgedMs: MOST_UNACKNOWLEDGED_MS };
}
