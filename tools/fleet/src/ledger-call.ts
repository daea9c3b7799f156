import { openTranscriptionStream, type StreamOutcome, type TranscriptionStream } from '@verbatim/client';
import type { ServerMessage, SessionConfig } from '@verbatim/protocol';
import { ledgerFrame, ledgerSilence } from '@verbatim/recognizers';
import { createOutcomeRecord, type LedgerOutcome, type OutcomeRecord } from './ledger-outcome.ts';
import { createResumeClock } from './resume-clock.ts';

export interface LedgerCallOptions {
  /** Gateways in the order in which they are tried. */
  readonly urls: readonly string[];
  /** A pause of silence after so many spoken frames; 0 for none. */
  readonly pauseEveryFrames: number;
  readonly pauseFrames: number;
  /** Wall-clock time between frames: 100 for real time. */
  readonly frameIntervalMs: number;
  /** Hangs up by itself after so many spoken frames. Default never. */
  readonly frames?: number;
  readonly config?: Partial<SessionConfig>;
  /** Leaves the recogniser to the gateway, with others to go on with when it fails. Default false: it is the ledger. */
  readonly isProviderOpen?: boolean;
  /** Called after each spoken frame was handed to the socket. */
  readonly onFrame?: (frame: number) => void;
  readonly onMessage?: (message: ServerMessage) => void;
}

/** A ledger session that speaks until it is told to hang up: frame n must come back as the word `w<n>`, once and in order. */
export interface LedgerCall {
  readonly sessionId: string;
  /** Frames spoken so far. */
  readonly spokenFrames: () => number;
  /** Says `end` after the frame that is being sent. */
  hangUp(): void;
  /** Resolves when the session is over, whichever way; never rejects. */
  readonly outcome: Promise<LedgerOutcome>;
}

/** A gateway or Redis that is being killed is back by then; the first connection is no more privileged than the others. */
const OPEN_WITHIN_MS = 20_000;

/** Faults follow each other within seconds here: each is to be met as a first one, not with the patience for an outage. */
const STABLE_AFTER_MS = 1000;

/** Opens a session at one of the gateways and begins to speak. What breaks is resumed, as the SDK does it for everybody. */
export async function startLedgerCall(options: LedgerCallOptions): Promise<LedgerCall> {
  const { urls, config, isProviderOpen = false } = options;
  const clock = createResumeClock();
  const stream = await openTranscriptionStream({
    ...{ urls, config: { ...(isProviderOpen ? {} : { provider: 'ledger' }), ...config } },
    openWithinMs: OPEN_WITHIN_MS,
    stableAfterMs: STABLE_AFTER_MS,
    onConnection: clock.onConnection,
  });
  const record = createOutcomeRecord();
  const reading = readAll(stream, record, options);
  const speech = startSpeech(options, (bytes) => stream.sendAudio(bytes));
  const talking = speech.done.then(() => stream.end());
  const outcome = stream.closed.then(async (end) => {
    speech.stop();
    await Promise.all([reading, talking]);
    const { closeCode, error } = howItClosed(end);
    return record.finish({ frames: speech.spokenFrames(), resumes: clock.resumes, closeCode, error });
  });
  return { sessionId: stream.started.session_id, spokenFrames: speech.spokenFrames, hangUp: speech.stop, outcome };
}

async function readAll(stream: TranscriptionStream, record: OutcomeRecord, { onMessage }: LedgerCallOptions) {
  try {
    for await (const message of stream) {
      record.take(message);
      onMessage?.(message);
    }
  } catch {
    // What ended it is in the outcome as well.
  }
}

const NORMAL_CLOSE = 1000;

function howItClosed(end: StreamOutcome): { readonly closeCode: number; readonly error: string | undefined } {
  if (end.kind !== 'failed') return { closeCode: NORMAL_CLOSE, error: undefined };
  return { closeCode: end.error.row.closeCode, error: `${end.error.code}: ${end.error.message}` };
}

/** Speaks numbered frames at an even pace, with pauses, until it is stopped or the line is dead. */
function startSpeech(options: LedgerCallOptions, send: (bytes: Uint8Array) => Promise<void>) {
  const { frames = Number.POSITIVE_INFINITY, pauseEveryFrames, pauseFrames, frameIntervalMs, onFrame } = options;
  const startedMs = performance.now();
  let spokenFrames = 0;
  let sentFrames = 0;
  let isStopped = false;
  const utter = async (samples: Int16Array): Promise<void> => {
    await send(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    sentFrames += 1;
    await until(startedMs + sentFrames * frameIntervalMs);
  };
  const speak = async (): Promise<void> => {
    while (!isStopped && spokenFrames < frames) {
      const sending = utter(ledgerFrame(spokenFrames + 1));
      spokenFrames += 1;
      await sending;
      onFrame?.(spokenFrames);
      const isPauseDue = pauseEveryFrames > 0 && spokenFrames % pauseEveryFrames === 0;
      for (let silent = 0; isPauseDue && silent < pauseFrames && !isStopped; silent += 1) await utter(ledgerSilence(1));
    }
  };
  // A line that is dead shows in the outcome: its close code, and words that did not come back.
  const done = speak().catch(() => undefined);
  return { done, spokenFrames: () => spokenFrames, stop: () => void (isStopped = true) };
}

async function until(atMs: number): Promise<void> {
  const waitMs = atMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
