import { setImmediate as turn } from 'node:timers/promises';
import {
  createLedgerRecognizer,
  createGoogleRecognizer,
  ledgerAudio,
  RecognizerError,
  type GoogleOptions,
  type Recognition,
  type StreamingRecognizer,
} from '@verbatim/recognizers';
import { startGoogleEmulator, type Emulator, type GoogleEmulatorOptions } from '../src/index.ts';

/** The gateway's frames. Units: samples at 16 kHz (100 ms). */
const PIECE_SAMPLES = 1_600;
const PAUSE_FRAMES = 6;
const S16_FULL_SCALE = 32_768;

export interface GoogleSession {
  readonly emulator: Emulator;
  readonly google: StreamingRecognizer;
  readonly stop: () => Promise<void>;
}

/** Google's recogniser and an emulator that reads the ledger. */
export async function startGoogleSession(
  google: GoogleOptions = {},
  emulated: Partial<GoogleEmulatorOptions> = {},
): Promise<GoogleSession> {
  const emulator = await startGoogleEmulator({ recognizer: createLedgerRecognizer({ kind: 'windowed' }), ...emulated });
  const recognizer = await createGoogleRecognizer({ project: 'p', endpoint: emulator.url, ...google });
  return {
    emulator,
    google: recognizer,
    async stop() {
      await recognizer.close();
      await emulator.stop();
    },
  };
}

/** Frames of the ledger from 1 on, with 0.6 s of silence after each run of so many; one run where none is given. */
export function ledgerSpeech(frames: number, runFrames = frames): Float32Array {
  const runs = Math.ceil(frames / runFrames);
  const samples = new Float32Array((frames + runs * PAUSE_FRAMES) * PIECE_SAMPLES);
  for (let run = 0; run < runs; run++) {
    const from = run * runFrames + 1;
    const audio = ledgerAudio({ from, frames: Math.min(runFrames, frames + 1 - from) });
    const at = run * (runFrames + PAUSE_FRAMES) * PIECE_SAMPLES;
    for (let index = 0; index < audio.length; index++) samples[at + index] = (audio[index] ?? 0) / S16_FULL_SCALE;
  }
  return samples;
}

/** Feeds one utterance in frames, faster than real time, and ends it. */
export async function hear(google: StreamingRecognizer, audio: Float32Array): Promise<Recognition> {
  const stream = google.openStream({ language: 'en' });
  for (let at = 0; at < audio.length; at += PIECE_SAMPLES) {
    await stream.feed(audio.subarray(at, at + PIECE_SAMPLES));
    await turn();
  }
  return await stream.finish();
}

/** As the transcriber does: what failed for a while is fed again from the utterance's start. */
export async function hearWithRetries(
  google: StreamingRecognizer,
  audio: Float32Array,
  attempts: number,
): Promise<Recognition> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await hear(google, audio);
    } catch (error) {
      if (!(error instanceof RecognizerError) || !error.isRetryable || attempt >= attempts) throw error;
    }
  }
}

/** The error that it fails with. */
export async function failureOf(answer: Promise<unknown>): Promise<RecognizerError> {
  const outcome: unknown = await answer.then(
    () => new Error('it answered'),
    (error: unknown) => error,
  );
  if (!(outcome instanceof RecognizerError)) throw outcome;
  return outcome;
}
