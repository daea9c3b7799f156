import { streamAudio, type TranscriptionStream } from '@verbatim/client';
import { bytesPerSecond, type AudioInput } from './audio-input.ts';

/** As a live source sends it. Units: milliseconds of audio per frame. */
const FRAME_MS = 100;

export interface SendOptions {
  /** A recording goes out as fast as the gateway takes it, instead of at the pace of speech. */
  readonly isFast: boolean;
  /** Aborted: no more audio. */
  readonly stop: AbortSignal;
  /** Takes how much audio is sent. Units: milliseconds. */
  readonly onSent: (positionMs: number) => void;
}

/** What is sent to. */
type AudioTarget = Pick<TranscriptionStream, 'sendAudio' | 'end'>;

/**
 * Sends the input and then `end`. A recording keeps the pace of speech; a live source has its own.
 * @throws SttError when the stream is over on the way.
 */
export async function sendAudio(stream: AudioTarget, input: AudioInput, options: SendOptions): Promise<void> {
  const perSecond = bytesPerSecond(input.format);
  const frameBytes = (perSecond * FRAME_MS) / 1000;
  const onProgress = (sentBytes: number) => {
    options.onSent((sentBytes / perSecond) * 1000);
  };
  if (input.kind === 'live') {
    await sendLive(stream, inFrames(untilStopped(input.bytes, options.stop), frameBytes), onProgress);
  } else {
    await streamAudio({
      session: stream,
      pcm: input.bytes,
      bytesPerSecond: perSecond,
      chunkBytes: frameBytes,
      pace: options.isFast ? 'fast' : 'real-time',
      signal: options.stop,
      onProgress,
    });
  }
  stream.end();
}

async function sendLive(
  stream: AudioTarget,
  frames: AsyncIterable<Uint8Array>,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  let sentBytes = 0;
  for await (const frame of frames) {
    await stream.sendAudio(frame);
    sentBytes += frame.length;
    onProgress(sentBytes);
  }
}

/** Cuts bytes into frames of one size; the last may be shorter. */
export async function* inFrames(bytes: AsyncIterable<Uint8Array>, frameBytes: number): AsyncIterable<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of bytes) {
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (; start + frameBytes <= joined.length; start += frameBytes) yield joined.subarray(start, start + frameBytes);
    rest = joined.subarray(start);
  }
  if (rest.length > 0) yield rest;
}

/** Ends on the signal even while the source gives nothing, as a silent pipe does. */
async function* untilStopped<T>(source: AsyncIterable<T>, stop: AbortSignal): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  const stopped = new Promise<{ readonly done: true }>((resolve) => {
    if (stop.aborted) resolve({ done: true });
    stop.addEventListener('abort', () => {
      resolve({ done: true });
    });
  });
  for (;;) {
    const next = await Promise.race([iterator.next(), stopped]);
    if (next.done === true) return;
    yield next.value;
  }
}
