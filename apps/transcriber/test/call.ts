import type { AudioWriter, GatewaySide } from '@verbatim/backbone';
import {
  sessionConfigSchema,
  type AudioControl,
  type OpenSessionConfig,
  type Seq,
  type ServerMessage,
  type SessionEnded,
  type SessionId,
  type Transcription,
} from '@verbatim/protocol';
import { LEDGER_FRAME_SAMPLES } from '@verbatim/recognizers';
import { eventually } from '@verbatim/testing';

/** A session as a gateway sees it: audio and marks in, messages out. */
export interface Call {
  readonly sessionId: SessionId;
  /** Durable messages in the order they came. */
  readonly durable: readonly ServerMessage[];
  readonly transient: readonly ServerMessage[];
  /** Appends audio in pieces of 100 ms, one every `intervalMs`. */
  say(pcm: Int16Array, intervalMs?: number): Promise<void>;
  mark(control: AudioControl): void;
  /** Puts the end behind the audio and waits for the last message. */
  end(withinMs?: number): Promise<SessionEnded>;
  /** All finals of a channel joined. */
  textOf(channel?: number): string;
  finals(): readonly Transcription[];
}

export async function openCall(gateway: GatewaySide, query: Partial<OpenSessionConfig> = {}): Promise<Call> {
  const config: OpenSessionConfig = { ...sessionConfigSchema.parse({}), provider: 'ledger', ...query };
  const opened = await gateway.openSession(config);
  const durable: ServerMessage[] = [];
  const transient: ServerMessage[] = [];
  await gateway.follow(opened.sessionId, opened.connection, 0 as Seq, {
    onDurable: ({ json }) => void durable.push(JSON.parse(json) as ServerMessage),
    onTransient: (json) => void transient.push(JSON.parse(json) as ServerMessage),
    onReplaced: () => undefined,
    onGone: () => undefined,
  });
  const writer = openWriter(gateway, opened);
  const finals = (): Transcription[] =>
    durable.filter((message): message is Transcription => message.type === 'transcription');
  return {
    sessionId: opened.sessionId,
    durable,
    transient,
    finals,
    say: (pcm, intervalMs = 0) => say(writer, pcm, config.channels, intervalMs),
    mark: (control) => writer.audio.mark(control),
    async end(withinMs = 20_000) {
      writer.audio.mark('end');
      return await eventually(
        () => {
          const last = durable.at(-1);
          if (last?.type === 'session_ended') return last;
          throw new Error(`the session has not ended; ${finals().length} finals came`);
        },
        { timeoutMs: withinMs },
      );
    },
    textOf: (channel = 0) =>
      finals()
        .filter((final) => final.channel === channel && final.text !== '')
        .map(({ text }) => text)
        .join(' '),
  };
}

interface PacedWriter {
  readonly audio: AudioWriter;
  endSample: number;
  isUnderPressure: boolean;
}

function openWriter(gateway: GatewaySide, session: { readonly sessionId: SessionId }): PacedWriter {
  const listener = {
    onStored: () => undefined,
    onPressure: (isUnderPressure: boolean) => void (writer.isUnderPressure = isUnderPressure),
    onLost: () => undefined,
  };
  const start = { sample: 0, clientBytes: 0 };
  const writer: PacedWriter = {
    audio: gateway.openAudioWriter(session, start, listener),
    endSample: 0,
    isUnderPressure: false,
  };
  return writer;
}

async function say(writer: PacedWriter, pcm: Int16Array, channels: number, intervalMs: number): Promise<void> {
  const pieceLength = LEDGER_FRAME_SAMPLES * channels;
  let dueMs = performance.now();
  for (let from = 0; from < pcm.length; from += pieceLength) {
    const piece = pcm.slice(from, from + pieceLength);
    writer.endSample += piece.length / channels;
    const clientBytes = writer.endSample * channels * 2;
    writer.audio.append({ endSample: writer.endSample, pcm: new Uint8Array(piece.buffer), clientBytes });
    dueMs += intervalMs;
    await until(dueMs, () => !writer.isUnderPressure);
  }
}

/** Waits for the beat of the speech, and for as long as the backbone asks to wait. */
async function until(dueMs: number, isFree: () => boolean): Promise<void> {
  while (performance.now() < dueMs || !isFree()) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, Math.min(20, dueMs - performance.now()))));
  }
}
