import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import { RecognizerError, type Recognition } from '@verbatim/recognizers';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import multer from 'multer';
import type { Emulator, EmulatorOptions } from '../emulator.ts';
import type { Fault, FaultScript } from '../fault.ts';
import { sendAnswer } from './answer-sender.ts';
import { readUpload } from './heard-audio.ts';
import { OpenAiError, refusalWith, sendError } from './open-ai-error.ts';
import { answerTo } from './transcription-answer.ts';
import { readForm, type OpenAiFeature } from './transcription-form.ts';

/** As OpenAI: 25 MB. */
const LARGEST_FILE_BYTES = 25 * 1024 * 1024;

const MODELS = ['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe'];

export interface OpenAiEmulatorOptions extends EmulatorOptions {
  /** The only key that is let in. Default: any, and none. */
  readonly apiKey?: string;
  /** Models it serves. Default: `whisper-1`, `gpt-4o-transcribe`, `gpt-4o-mini-transcribe`. */
  readonly models?: readonly string[];
  /** What it does not know, as some servers of one's own: asked for it, it answers 400 and names the field. */
  readonly lacks?: readonly OpenAiFeature[];
}

/**
 * Starts OpenAI's speech recognition on this machine: `POST /v1/audio/transcriptions` and `GET /v1/models`, as the official client
 * library speaks to them. The base URL for clients is `<url>/v1`.
 */
export async function startOpenAiEmulator(options: OpenAiEmulatorOptions): Promise<Emulator> {
  const emulator = new HttpEmulator(options);
  await emulator.start();
  return emulator;
}

class HttpEmulator implements Emulator {
  readonly #options: OpenAiEmulatorOptions;
  readonly #server: Server;
  readonly #stopping = new AbortController();
  #faults: FaultScript;
  #requestsOfScript = 0;
  requests = 0;
  audioSamples = 0;

  constructor(options: OpenAiEmulatorOptions) {
    this.#options = options;
    this.#faults = options.faults ?? (() => undefined);
    this.#server = createServer(this.#routes());
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  setFaults(script: FaultScript): void {
    this.#faults = script;
    this.#requestsOfScript = 0;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #routes(): Express {
    const app = express().disable('x-powered-by').disable('etag');
    const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: LARGEST_FILE_BYTES } }).single('file');
    app.use((request, response, next) => {
      this.#admit(request, response);
      next();
    });
    app.get('/v1/models', (_, response) => void response.json({ object: 'list', data: this.#models.map(modelBody) }));
    app.get('/v1/models/:model', (request, response) => {
      if (!this.#models.includes(request.params.model)) throw refusalWith(404);
      response.json(modelBody(request.params.model));
    });
    app.post('/v1/audio/transcriptions', upload, async (request, response) => this.#transcribe(request, response));
    app.use(() => {
      throw new OpenAiError('Unknown request URL.', { status: 404, code: 'unknown_url' });
    });
    app.use(answerError);
    return app;
  }

  get #models(): readonly string[] {
    return this.#options.models ?? MODELS;
  }

  /** Counts the request, names it, and checks its key. */
  #admit({ headers }: Request, response: Response): void {
    this.requests += 1;
    response.set('x-request-id', `req_${this.requests}`);
    const { apiKey } = this.#options;
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) throw refusalWith(401);
  }

  async #transcribe(request: Request, response: Response): Promise<void> {
    const fault = this.#nextFault();
    if (fault?.kind === 'refuse') throw refusalWith(fault.httpStatus, fault.retryAfterMs);
    if (fault?.kind === 'hang') return;
    const form = readForm(request.body, { models: this.#models, lacks: this.#options.lacks ?? [] });
    const samples = await readUpload(request.file?.buffer);
    this.audioSamples += samples.length;
    const recognition = await this.#understand(samples, form.language ?? 'auto', response);
    if (fault?.kind === 'slow') await delay(fault.delayMs, undefined, { signal: this.#stopping.signal });
    const durationSeconds = samples.length / PIPELINE_SAMPLE_RATE_HZ;
    sendAnswer(response, answerTo(form, { recognition, durationSeconds }), fault);
  }

  /** Gives up when the client has gone. */
  async #understand(samples: Float32Array, language: string, response: Response): Promise<Recognition> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      return await this.#options.recognizer.decode({ samples, language, signal: gone.signal });
    } catch (error) {
      const isRefused = error instanceof RecognizerError && error.failure === 'bad_request';
      throw isRefused ? new OpenAiError(error.message, { status: 400, param: 'language' }) : error;
    }
  }

  #nextFault(): Fault | undefined {
    const fault = this.#faults(this.#requestsOfScript);
    this.#requestsOfScript += 1;
    return fault;
  }
}

/** Express takes a function for one that handles errors by its four parameters. */
const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  sendError(response, error instanceof multer.MulterError ? uploadError(error) : error);
};

function modelBody(id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'openai' };
}

function uploadError(error: multer.MulterError): OpenAiError {
  const isTooLarge = error.code === 'LIMIT_FILE_SIZE';
  return new OpenAiError(error.message, { status: isTooLarge ? 413 : 400, param: error.field ?? null });
}
