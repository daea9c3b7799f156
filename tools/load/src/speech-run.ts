import { openStreamingSession } from '@verbatim/client';
import { toPcm16, PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { ServerMessage, SessionConfig } from '@verbatim/protocol';

const CHUNK_MS = 100;
const CHUNK_BYTES = (PIPELINE_SAMPLE_RATE_HZ / 1000) * CHUNK_MS * 2;

export interface ReceivedMessage {
  readonly message: ServerMessage;
  /** When it arrived. Units: milliseconds after the first sample was spoken. */
  readonly atMs: number;
}

export interface SpeechRun {
  readonly messages: readonly ReceivedMessage[];
  readonly connectMs: number;
}

/**
 * Speaks samples into a gateway at real-time pace: like a microphone, each 100 ms leave when their last sample was spoken.
 * Ends the session and returns everything that came back.
 */
export async function speakInRealTime(
  url: string,
  samples: Float32Array,
  config: Partial<SessionConfig>,
): Promise<SpeechRun> {
  const dialledMs = performance.now();
  const session = await openStreamingSession({ url, config });
  const connectMs = performance.now() - dialledMs;
  const spokenMs = performance.now();
  const messages: ReceivedMessage[] = [];
  const reading = (async () => {
    for await (const message of session) messages.push({ message, atMs: performance.now() - spokenMs });
  })();
  const pcm = toPcm16(samples);
  for (let offset = 0, chunk = 1; offset < pcm.length; offset += CHUNK_BYTES, chunk += 1) {
    await waitUntil(spokenMs + chunk * CHUNK_MS);
    await session.sendAudio(pcm.subarray(offset, offset + CHUNK_BYTES));
  }
  session.end();
  await session.closed;
  await reading;
  return { messages, connectMs };
}

export async function waitUntil(atMs: number): Promise<void> {
  const waitMs = atMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
