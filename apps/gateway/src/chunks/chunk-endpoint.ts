import { SttError } from '@verbatim/protocol';
import type { Request, RequestHandler, Response } from 'express';
import { refusedCounter } from '../native/enter-session.ts';
import { openSession } from '../native/entrance.ts';
import { readView } from '../http/session-route.ts';
import { sniffEncoding } from './audio-kind.ts';
import { buildChunkAnswer } from './chunk-answer.ts';
import type { ChunkParts } from './chunk-parts.ts';
import { busyWithUploads, replicaGoes, sessionUnknown, uploadTooBig } from './errors.ts';
import { SessionTurns } from './session-turns.ts';
import { takeUpload, type TakenUpload, type Upload } from './take-upload.ts';
import { TextWait } from './text-wait.ts';
import { UploadBudget } from './upload-budget.ts';
import { checkOptions } from './upload-checks.ts';
import { createUploadReader, type ReceivedUpload } from './upload-form.ts';

/** `POST /stt/stream-chunk` of this process. */
export interface ChunkEndpoint {
  readonly handle: RequestHandler;
  /** Takes no further upload, ends the waiting for text, and lets those that are under way be stored; not longer than `drainMs`. */
  drain(hurry: AbortSignal): Promise<void>;
}

/** Boundaries, headers and fields of a form, beside its audio. Units: bytes. */
const FORM_OVERHEAD_BYTES = 65_536;

const SAMPLES_PER_MS = 16;

/** Creates the endpoint. @see docs/adr/0015-http-chunks.md */
export function createChunkEndpoint(options: Omit<ChunkParts, 'turns'>): ChunkEndpoint {
  const parts: ChunkParts = { ...options, turns: new SessionTurns() };
  const { limits } = parts;
  const budget = new UploadBudget(limits);
  const readUpload = createUploadReader(limits.maxUploadBytes);
  const draining = new AbortController();
  let onIdle = (): void => undefined;

  const answer = async (request: Request, response: Response): Promise<void> => {
    const received = await readUpload(request, response);
    const abandoned = new AbortController();
    response.once('close', () => abandoned.abort());
    const body = await answerUpload(parts, received, {
      abandoned: AbortSignal.any([abandoned.signal, draining.signal]),
      onSession: (sessionId) => response.setHeader('x-session-id', sessionId),
      onForgotten: () => response.removeHeader('x-session-id'),
    });
    // What was said is nobody else's to keep.
    response.setHeader('cache-control', 'no-store');
    response.json(body);
  };

  return {
    async handle(request, response) {
      if (draining.signal.aborted) throw replicaGoes();
      const reservation = budget.reserve(bytesToReserve(request, limits.maxUploadBytes));
      if (reservation === undefined) throw busyWithUploads();
      try {
        await answer(request, response);
      } finally {
        reservation.release();
        if (budget.requests === 0) onIdle();
      }
    },
    async drain(hurry) {
      draining.abort();
      if (budget.requests === 0) return;
      const idle = new Promise<void>((resolve) => (onIdle = resolve));
      await Promise.race([idle, aborted(AbortSignal.any([hurry, AbortSignal.timeout(limits.drainMs)]))]);
    },
  };
}

/** @throws SttError `message_too_big` for an announced length that cannot be right, before anything of it is read */
function bytesToReserve(request: Request, maxUploadBytes: number): number {
  const most = maxUploadBytes + FORM_OVERHEAD_BYTES;
  const announced = Number(request.headers['content-length'] ?? most);
  if (announced > most) throw uploadTooBig(maxUploadBytes);
  return announced;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

interface Asking {
  /** Nobody waits for text any more. */
  readonly abandoned: AbortSignal;
  readonly onSession: (sessionId: string) => void;
  /** The session that was opened for the upload is gone again. */
  readonly onForgotten: () => void;
}

/** Takes the upload into its session and answers with the text that came of it. */
async function answerUpload(parts: ChunkParts, received: ReceivedUpload, asking: Asking) {
  const { form, bytes } = received;
  const sessionId = form.sessionId ?? (await openChunkSession(parts, received));
  asking.onSession(sessionId);
  let text: TextWait | undefined;
  const listen = async (chunk: Pick<TakenUpload, 'toldSeq'>, fromMs: number): Promise<void> => {
    const { backbone, limits } = parts;
    const wait = { afterSeq: chunk.toldSeq, fromMs, untilEnd: form.isFinal, lookMs: limits.lookMs };
    text?.close();
    text = new TextWait({ backbone, sessionId, ...wait });
    await text.open();
  };
  const upload: Upload = {
    ...{ sessionId, index: form.index, isFirst: form.sessionId === undefined, isFinal: form.isFinal, bytes },
    check: (config) => checkOptions(form, config),
    // Before anything is stored: the text of a short chunk may be there before its request goes on.
    onBegun: (chunk) => listen(chunk, chunk.fromSample / SAMPLES_PER_MS),
  };
  try {
    const taken = await takeUpload(parts, upload);
    // Taken before, by a request whose answer may still be waited for.
    if (text === undefined && !(await isSettled(parts, upload, taken))) await listen(taken, 0);
    await text?.wait(form.waitMs, asking.abandoned);
    return await buildAnswer(parts, upload, { taken, interim: text?.interim });
  } catch (thrown) {
    if (upload.isFirst && !SttError.from(thrown).isRetryable) {
      await forget(parts, upload);
      asking.onForgotten();
    }
    throw thrown;
  } finally {
    text?.close();
  }
}

/** A first chunk that can never be taken leaves no session: until its window had passed it would hold a place in the fleet. */
async function forget({ backbone, log }: ChunkParts, { sessionId }: Upload): Promise<void> {
  await backbone.deleteSession(sessionId).catch((error: unknown) => {
    log.debug(
      { event: 'forget_failed', session_id: sessionId, err: error },
      'a refused session stays until it expires',
    );
  });
}

/** True when the answer to a chunk that was taken before will not change any more. */
async function isSettled(
  { backbone }: ChunkParts,
  { sessionId, isFinal }: Upload,
  taken: TakenUpload,
): Promise<boolean> {
  if (taken.isAnswered && !isFinal) return true;
  return (await backbone.readSession(sessionId))?.state === 'ended';
}

async function buildAnswer(
  parts: ChunkParts,
  { sessionId, isFinal }: Upload,
  { taken, interim }: { readonly taken: TakenUpload; readonly interim: TextWait['interim'] },
) {
  const range = await parts.backbone.answerChunk(sessionId, taken.index);
  if (range === undefined) throw sessionUnknown();
  const view = await readView(parts.backbone, sessionId);
  return buildChunkAnswer({ index: taken.index, isFinalChunk: isFinal, view, range, interim, atMs: Date.now() });
}

/** Opens the session of a first chunk, admitted like any other. */
async function openChunkSession({ session, counters }: ChunkParts, { form, bytes }: ReceivedUpload) {
  try {
    const encoding = form.config.encoding ?? sniffEncoding(bytes.pieces[0] ?? new Uint8Array(0));
    const { sessionId } = await openSession(session, { ...form.config, encoding });
    counters.count('sessions_opened');
    return sessionId;
  } catch (thrown) {
    counters.count(refusedCounter(SttError.from(thrown)));
    throw thrown;
  }
}
