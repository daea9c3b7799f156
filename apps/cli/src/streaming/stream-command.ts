import { writeFile } from 'node:fs/promises';
import type { StreamOutcome, TranscriptionStream, TranscriptionStreamOptions } from '@verbatim/client';
import type { ErrorMessage, ServerMessage, SessionConfig, SessionEnded } from '@verbatim/protocol';
import { createCaptionWriter, type CaptionWriter, type TextSink } from '../captions/caption-writer.ts';
import { CommandFailure, EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { createConnectionNotes } from './connection-notes.ts';
import { audioMemory } from './audio-memory.ts';
import { durationMs, openAudioInput, type AudioInput, type AudioOrigin } from './audio-input.ts';
import { sendAudio } from './send-audio.ts';
import { judgeEnding } from './session-outcome.ts';
import type { StopWish } from './stop-wish.ts';
import { createTimingWatch, describeTimings, type TimingWatch } from './timing-summary.ts';

/** What the command line asked for, checked. */
export interface StreamRequest {
  readonly origin: AudioOrigin;
  readonly url: string;
  readonly config: Partial<SessionConfig>;
  readonly isFast: boolean;
  readonly asJson: boolean;
  /** Where to put the whole transcript at the end. */
  readonly savePath: string | undefined;
}

/** Everything the command touches outside of itself. */
export interface StreamSurroundings {
  readonly standardInput: () => AsyncIterable<Uint8Array>;
  readonly out: TextSink;
  readonly err: TextSink;
  /** Takes the line that is rewritten in place; undefined without a terminal. */
  readonly live: TextSink | undefined;
  readonly columns: () => number;
  readonly isColoured: boolean;
  /** Monotonic. Units: milliseconds. */
  readonly now: () => number;
  readonly stop: StopWish;
  readonly openStream: (options: TranscriptionStreamOptions) => Promise<TranscriptionStream>;
}

interface Running {
  readonly stream: TranscriptionStream;
  readonly input: AudioInput;
  readonly captions: CaptionWriter;
  readonly watch: TimingWatch;
}

interface Received {
  readonly ended: SessionEnded | undefined;
  readonly error: ErrorMessage | undefined;
  readonly finals: readonly string[];
}

/**
 * Streams one input through the gateway and shows what comes back.
 * @throws CommandFailure or SttError before a session is open
 */
export async function runStream(request: StreamRequest, around: StreamSurroundings): Promise<ExitCode> {
  const input = await openAudioInput(request.origin, around.standardInput);
  const startedMs = around.now();
  const { encoding, sampleRateHz, channels } = input.format;
  const captions = createCaptionWriter({
    finals: around.out,
    live: around.live,
    columns: around.columns,
    isColoured: around.isColoured,
    channels,
    hasWords: request.config.words === true,
  });
  const stream = await around.openStream({
    urls: request.url,
    config: { ...request.config, encoding, sample_rate: sampleRateHz, channels },
    signal: around.stop.abandon,
    onConnection: createConnectionNotes(around.err, captions),
    ...audioMemory(input, request),
  });
  const connectMs = around.now() - startedMs;
  const running = { stream, input, captions, watch: createTimingWatch() };
  const { received, audioMs } = await exchange(running, request, around);
  captions.close();
  const tookMs = around.now() - startedMs - connectMs;
  around.err.write(`${describeTimings(running.watch.sum({ connectMs, audioMs, tookMs }))}\n`);
  await saveTranscript(request.savePath, received);
  return conclude(received, await stream.closed, around);
}

/** Sends and receives side by side until the stream is over. */
async function exchange(
  running: Running,
  request: StreamRequest,
  around: StreamSurroundings,
): Promise<{ readonly received: Received; readonly audioMs: number }> {
  const { stream, input, captions, watch } = running;
  const streamOver = new AbortController();
  let audioMs = 0;
  const totalMs = durationMs(input);
  captions.progress({ sentMs: 0, totalMs });
  const sending = sendAudio(stream, input, {
    isFast: request.isFast,
    stop: AbortSignal.any([around.stop.finish, streamOver.signal]),
    onSent: (positionMs) => {
      audioMs = positionMs;
      watch.sends.record(positionMs, around.now());
      captions.progress({ sentMs: positionMs, totalMs });
    },
  });
  // A stream that fails while audio is being sent fails the send too; why it failed is told by its outcome.
  const sent = sending.catch(() => undefined);
  const received = await receive(running, request, around);
  streamOver.abort();
  await sent;
  return { received, audioMs };
}

async function receive(running: Running, request: StreamRequest, around: StreamSurroundings): Promise<Received> {
  const finals: string[] = [];
  let ended: SessionEnded | undefined;
  let error: ErrorMessage | undefined;
  for await (const message of untilFailure(running.stream)) {
    running.watch.see(message, around.now());
    if (request.asJson) around.out.write(`${JSON.stringify(message)}\n`);
    else showMessage(message, running.captions, around.err);
    if (message.type === 'transcription' && message.is_final && message.text !== '') finals.push(message.text);
    if (message.type === 'session_ended') ended = message;
    if (message.type === 'error') error = message;
  }
  return { ended, error, finals };
}

/** Every message until the stream is over; what it failed with is in its outcome. */
async function* untilFailure(stream: TranscriptionStream): AsyncIterable<ServerMessage> {
  try {
    yield* stream;
  } catch (error) {
    const outcome = await stream.closed;
    if (outcome.kind !== 'failed' || outcome.error !== error) throw error;
  }
}

function showMessage(message: ServerMessage, captions: CaptionWriter, err: TextSink): void {
  if (message.type === 'transcription') captions.show(message);
  if (message.type === 'session_status') {
    captions.close();
    err.write(`The session is ${message.state}, ${message.lag_ms} ms behind: ${message.reason}\n`);
  }
}

async function saveTranscript(path: string | undefined, { ended, finals }: Received): Promise<void> {
  if (path === undefined) return;
  try {
    await writeFile(path, `${ended?.text ?? finals.join(' ')}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`The transcript cannot be saved: ${reason}`, EXIT_CODES.cannotWrite);
  }
}

function conclude({ error }: Received, outcome: StreamOutcome, { err, stop }: StreamSurroundings): ExitCode {
  if (stop.finish.aborted && error === undefined && outcome.kind !== 'failed') return EXIT_CODES.interrupted;
  const { exitCode, complaint } = judgeEnding(outcome, error);
  if (complaint !== undefined) err.write(`verbatim: ${complaint}\n`);
  return exitCode;
}
