import { openStreamingSession, type StreamingSession } from '@verbatim/client';
import type { ServerMessage } from '@verbatim/protocol';
import { ledgerFrame, ledgerSilence, ledgerWords } from '@verbatim/recognizers';

/** A ledger session: every spoken 100 ms frame n must come back as the word `w<n>`, once and in order. */
export interface LedgerSpeech {
  readonly url: string;
  /** Spoken frames altogether; they are numbered 1 … frames. */
  readonly frames: number;
  /** A pause of silence after so many spoken frames; 0 for none. */
  readonly pauseEveryFrames: number;
  readonly pauseFrames: number;
  /** Wall-clock time between frames: 100 for real time. */
  readonly frameIntervalMs: number;
  /** Called after each spoken frame was handed to the socket. */
  readonly onFrame?: (frame: number) => void;
}

export interface LedgerOutcome {
  readonly expected: string;
  /** All finals joined, in the order they came. */
  readonly finals: string;
  /** `text` of `session_ended`. */
  readonly transcript: string | undefined;
  /** `seq` of every durable message, in the order they came. */
  readonly seqs: readonly number[];
  readonly interims: number;
  readonly closeCode: number;
  readonly errors: readonly string[];
}

/** Streams one ledger session to its end and reports what came back. */
export async function speakLedger(speech: LedgerSpeech): Promise<LedgerOutcome> {
  const session = await openStreamingSession({ url: speech.url, config: { provider: 'ledger' } });
  const messages: ServerMessage[] = [];
  const reading = (async () => {
    for await (const message of session) messages.push(message);
  })();
  await sendFrames(session, speech);
  session.end();
  const { code } = await session.closed;
  await reading;
  return summarise(messages, ledgerWords(1, speech.frames).join(' '), code);
}

async function sendFrames(session: StreamingSession, speech: LedgerSpeech): Promise<void> {
  const startedMs = performance.now();
  let sentFrames = 0;
  const send = async (samples: Int16Array): Promise<void> => {
    await session.sendAudio(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    sentFrames += 1;
    await until(startedMs + sentFrames * speech.frameIntervalMs);
  };
  for (let frame = 1; frame <= speech.frames; frame += 1) {
    await send(ledgerFrame(frame));
    speech.onFrame?.(frame);
    const isPauseDue = speech.pauseEveryFrames > 0 && frame % speech.pauseEveryFrames === 0;
    for (let silent = 0; isPauseDue && silent < speech.pauseFrames; silent += 1) await send(ledgerSilence(1));
  }
}

async function until(atMs: number): Promise<void> {
  const waitMs = atMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

function summarise(messages: readonly ServerMessage[], expected: string, closeCode: number): LedgerOutcome {
  const finals: string[] = [];
  const seqs: number[] = [];
  const errors: string[] = [];
  let interims = 0;
  let transcript: string | undefined;
  for (const message of messages) {
    if (message.type === 'transcription' && message.is_final) finals.push(message.text);
    if (message.type === 'transcription' && !message.is_final) interims += 1;
    if (message.type === 'error') errors.push(`${message.code}: ${message.error}`);
    if (message.type === 'session_ended') transcript = message.text;
    if (message.type === 'session_ended' || (message.type === 'transcription' && message.is_final))
      seqs.push(message.seq);
  }
  const joined = finals.filter((text) => text !== '').join(' ');
  return { expected, finals: joined, transcript, seqs, interims, closeCode, errors };
}
