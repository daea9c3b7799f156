import type { StreamingSession } from './streaming-session.ts';

/** Where the time comes from. Units: milliseconds. */
export interface PacingClock {
  nowMs(): number;
  sleep(delayMs: number): Promise<unknown>;
}

export interface StreamAudioOptions {
  readonly session: Pick<StreamingSession, 'sendAudio'>;
  /** The whole audio, in the encoding that the session was opened with. */
  readonly pcm: Uint8Array;
  /** Sample rate × channels × bytes per sample. */
  readonly bytesPerSecond: number;
  /** Size of a frame; 100 ms is usual. Units: bytes. */
  readonly chunkBytes: number;
  /** `real-time`: as a microphone, each frame when its last sample was spoken. `fast`: as fast as the socket takes it. */
  readonly pace: 'real-time' | 'fast';
  /** Aborting stops before the next frame. */
  readonly signal?: AbortSignal;
  /** Called after each frame with all bytes sent so far. */
  readonly onProgress?: (sentBytes: number) => void;
  /** Default: the machine's monotonic clock. */
  readonly clock?: PacingClock;
}

const MACHINE_CLOCK: PacingClock = {
  nowMs: () => performance.now(),
  sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
};

/**
 * Sends audio in frames; it does not send `end`. The schedule is absolute: frame n leaves at its own time after the start, so that
 * a late frame is followed by others in quick succession and lateness does not add up over an hour.
 * @returns the bytes sent: all of them unless `signal` was aborted.
 * @throws SttError when the connection closes on the way.
 */
export async function streamAudio(options: StreamAudioOptions): Promise<number> {
  const { session, pcm, bytesPerSecond, chunkBytes, pace, signal, onProgress, clock = MACHINE_CLOCK } = options;
  const startMs = clock.nowMs();
  let sentBytes = 0;
  while (sentBytes < pcm.length) {
    const chunk = pcm.subarray(sentBytes, sentBytes + chunkBytes);
    const dueMs = startMs + ((sentBytes + chunk.length) / bytesPerSecond) * 1000;
    const earlyMs = dueMs - clock.nowMs();
    if (pace === 'real-time' && earlyMs > 0) await clock.sleep(earlyMs);
    if (signal?.aborted === true) break;
    await session.sendAudio(chunk);
    sentBytes += chunk.length;
    onProgress?.(sentBytes);
  }
  return sentBytes;
}
