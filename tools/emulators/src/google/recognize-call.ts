import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import type { WindowedRecognizer } from '@verbatim/recognizers';
import type { Fault } from '../fault.ts';
import {
  audioMissing,
  invalidArgument,
  refusal,
  streamTooLong,
  type ApiVersion,
  type CallStatus,
} from './google-status.ts';
import { audioOf, readConfig, toResponse, type CallConfig, type WireRequest } from './google-wire.ts';
import { createListener, type HeardResult, type Listener } from './listener.ts';

export type SpeechCall = ServerDuplexStream<WireRequest, object>;

export interface CallOptions {
  readonly version: ApiVersion;
  readonly recognizer: WindowedRecognizer;
  readonly fault: Fault | undefined;
  readonly streamLimitSeconds: number;
  readonly limitCounts: 'wall' | 'audio';
  readonly audioTimeoutMs: number;
  readonly onAudio: (samples: number) => void;
  /** Breaks the connection that the call came over. */
  readonly cutConnection: () => void;
}

const BYTES_PER_SAMPLE = 2;
const S16_FULL_SCALE = 32_768;
const SAMPLES_PER_MS = 16;
const MS_PER_SECOND = 1000;
/** More audio in one request Google refuses. */
const MOST_REQUEST_BYTES = 25_600;
/** No message of Google's API begins like this: a field of a kind that does not exist. */
const GARBAGE = Buffer.from('ffffffffffff', 'hex');

/** Answers one StreamingRecognize call until it is over. */
export function serveCall(call: SpeechCall, options: CallOptions): void {
  new RecognizeCall(call, options).start();
}

class RecognizeCall {
  readonly #call: SpeechCall;
  readonly #options: CallOptions;
  readonly #abort = new AbortController();
  #config: CallConfig | null = null;
  #listener: Listener | null = null;
  #audioSamples = 0;
  #isOver = false;
  readonly #delayed = new Set<NodeJS.Timeout>();
  #audioTimer: NodeJS.Timeout | undefined;
  #limitTimer: NodeJS.Timeout | undefined;

  constructor(call: SpeechCall, options: CallOptions) {
    this.#call = call;
    this.#options = options;
  }

  start(): void {
    const { fault, version, streamLimitSeconds, limitCounts } = this.#options;
    this.#call.on('cancelled', () => this.#leave());
    this.#call.on('error', () => this.#leave());
    if (fault?.kind === 'refuse') return this.#refuse(refusal(fault.httpStatus, fault.retryAfterMs));
    if (fault?.kind === 'hang') return void this.#call.on('data', (request: WireRequest) => this.#countAudio(request));
    this.#expectAudio();
    if (limitCounts === 'wall') {
      const tooLong = (): void => this.#refuse(streamTooLong(version, streamLimitSeconds));
      this.#limitTimer = setTimeout(tooLong, streamLimitSeconds * MS_PER_SECOND);
    }
    this.#call.on('data', (request: WireRequest) => {
      // One request at a time: what waits is held back by the connection's flow control.
      this.#call.pause();
      void this.#take(request).then(() => this.#call.resume());
    });
    this.#call.on('end', () => void this.#finish());
  }

  async #take(request: WireRequest): Promise<void> {
    if (this.#isOver) return;
    try {
      const audio = audioOf(request, this.#options.version);
      if (this.#config === null) this.#begin(request);
      else if (audio === null)
        this.#refuse(invalidArgument('Malordered Data Received. Send exactly one config, followed by audio data.'));
      else await this.#hear(audio, this.#config);
    } catch {
      this.#refuse({ code: status.INTERNAL, details: 'Internal error encountered.' });
    }
  }

  #begin(request: WireRequest): void {
    const config = readConfig(request, this.#options.version);
    if ('code' in config) return this.#refuse(config);
    const { recognizer } = this.#options;
    const language = chosenLanguage(config.languages, recognizer);
    if (language === null) {
      const sentence = `The language "${config.languages.join()}" is not supported by the model "${config.model}".`;
      return this.#refuse(invalidArgument(sentence));
    }
    this.#config = config;
    this.#listener = createListener({ recognizer, language, signal: this.#abort.signal });
  }

  async #hear(audio: Buffer, config: CallConfig): Promise<void> {
    const { version, fault, streamLimitSeconds, limitCounts } = this.#options;
    if (audio.length > MOST_REQUEST_BYTES) {
      const sentence = `Audio chunk can be of a maximum of ${MOST_REQUEST_BYTES} bytes. Received audio of ${audio.length} bytes instead.`;
      return this.#refuse(invalidArgument(sentence));
    }
    this.#expectAudio();
    const samples = toSamples(audio);
    this.#audioSamples += samples.length;
    this.#options.onAudio(samples.length);
    if (fault?.kind === 'garbage') return void this.#call.write(GARBAGE);
    if (limitCounts === 'audio' && this.#audioSamples > streamLimitSeconds * MS_PER_SECOND * SAMPLES_PER_MS) {
      return this.#refuse(streamTooLong(version, streamLimitSeconds));
    }
    const results = (await this.#listener?.accept(samples, this.#call.readableLength > 0)) ?? [];
    this.#answer(results, config);
    if (fault?.kind === 'cut') this.#cutIfDue(fault.afterAudioMs, results.length);
  }

  #cutIfDue(afterAudioMs: number | undefined, answers: number): void {
    const isDue = afterAudioMs === undefined ? answers > 0 : this.#audioSamples >= afterAudioMs * SAMPLES_PER_MS;
    if (!isDue) return;
    this.#leave();
    this.#options.cutConnection();
  }

  #answer(results: readonly HeardResult[], config: CallConfig): void {
    for (const heard of results) {
      if (!heard.isFinal && !config.wantsInterims) continue;
      const response = toResponse(heard, this.#options.version, config);
      this.#later(() => this.#call.write(response));
    }
  }

  async #finish(): Promise<void> {
    if (this.#isOver) return;
    try {
      const results = (await this.#listener?.close()) ?? [];
      if (this.#config) this.#answer(results, this.#config);
    } catch {
      return this.#refuse({ code: status.INTERNAL, details: 'Internal error encountered.' });
    }
    clearTimeout(this.#audioTimer);
    this.#later(() => {
      this.#leave();
      this.#call.end();
    });
  }

  /** At once, or after the delay of a slow stream; the order stays. */
  #later(act: () => void): void {
    const { fault } = this.#options;
    if (this.#isOver) return;
    if (fault?.kind !== 'slow') return act();
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      act();
    }, fault.delayMs);
    this.#delayed.add(timer);
  }

  #countAudio(request: WireRequest): void {
    const audio = audioOf(request, this.#options.version);
    if (audio) this.#options.onAudio(audio.length / BYTES_PER_SAMPLE);
  }

  #expectAudio(): void {
    clearTimeout(this.#audioTimer);
    const { audioTimeoutMs, version } = this.#options;
    this.#audioTimer = setTimeout(() => this.#refuse(audioMissing(version)), audioTimeoutMs);
  }

  /** Ends the call with an error. Not by `destroy`, which grpc-js tells the client nothing of. */
  #refuse(callStatus: CallStatus): void {
    if (this.#isOver) return;
    this.#leave();
    this.#call.emit('error', callStatus);
    this.#call.resume();
  }

  #leave(): void {
    this.#isOver = true;
    this.#abort.abort();
    clearTimeout(this.#audioTimer);
    clearTimeout(this.#limitTimer);
    for (const timer of this.#delayed) clearTimeout(timer);
  }
}

/** The first language that the recogniser serves, as Google picks among candidates; null for none. */
function chosenLanguage(codes: readonly string[], { capabilities }: WindowedRecognizer): string | null {
  if (codes.includes('auto')) return 'auto';
  const isServed = (code: string): boolean =>
    capabilities.languages.includes('*') || capabilities.languages.includes(code.split('-')[0]?.toLowerCase() ?? '');
  return codes.find(isServed) ?? null;
}

function toSamples(audio: Buffer): Float32Array {
  const samples = new Float32Array(Math.floor(audio.length / BYTES_PER_SAMPLE));
  for (let at = 0; at < samples.length; at++) samples[at] = audio.readInt16LE(at * BYTES_PER_SAMPLE) / S16_FULL_SCALE;
  return samples;
}
