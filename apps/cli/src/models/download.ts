import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';
import type { PartialDownload } from './partial-download.ts';

export interface DownloadOptions {
  readonly url: string;
  /** More than this is refused. Units: bytes. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
  /** Told after each piece. Units: bytes; the total is unknown where the server does not say. */
  readonly onProgress: (bytes: number, totalBytes: number | undefined) => void;
  /** Before the second try; doubled each time. Default half a second. Units: milliseconds. */
  readonly firstPauseMs?: number;
  /** A connection that brings nothing for so long is given up. Default 30 s. Units: milliseconds. */
  readonly stalledAfterMs?: number;
}

/** Tries in a row that bring nothing; one that brings something begins the count anew. */
const MOST_FRUITLESS_TRIES = 5;
const FIRST_PAUSE_MS = 500;
const STALLED_AFTER_MS = 30_000;
/** Statuses that another try may change. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Something that another try may change. */
class PassingFailure extends Error {}

/**
 * Fetches a file to its end, from where an earlier try got to (`Range`, with `If-Range`, so that two versions are never mixed), over as many
 * connections as it takes.
 * @throws CommandFailure when the server refuses, or brings nothing for several tries in a row
 */
export async function download(part: PartialDownload, options: DownloadOptions): Promise<void> {
  const { url, signal, firstPauseMs = FIRST_PAUSE_MS } = options;
  for (let fruitless = 0; ;) {
    const before = await part.bytes();
    try {
      return await tryOnce(part, options);
    } catch (failure) {
      signal.throwIfAborted();
      if (failure instanceof CommandFailure) throw failure;
      fruitless = (await part.bytes()) > before ? 0 : fruitless + 1;
      if (fruitless >= MOST_FRUITLESS_TRIES) throw unreachable(url, failure);
      await sleep(firstPauseMs * 2 ** fruitless, undefined, { signal });
    }
  }
}

async function tryOnce(part: PartialDownload, options: DownloadOptions): Promise<void> {
  const stall = createStallWatch(options.stalledAfterMs ?? STALLED_AFTER_MS);
  const signal = AbortSignal.any([options.signal, stall.signal]);
  try {
    const response = await request(part, options.url, signal);
    if (response === 'complete') return;
    const fromBytes = await part.bytes();
    const totalBytes = totalOf(response, fromBytes);
    if ((totalBytes ?? 0) > options.mostBytes) throw tooBig(options);
    await store(response, { part, fromBytes, totalBytes, options, stall, signal });
    if (totalBytes !== undefined && (await part.bytes()) < totalBytes) throw new PassingFailure('it ended early');
  } finally {
    stall.end();
  }
}

/** Asks for what is missing. Afterwards the part holds exactly the bytes before those that the response brings. */
async function request(part: PartialDownload, url: string, signal: AbortSignal): Promise<Response | 'complete'> {
  const fromBytes = await part.bytes();
  const validator = await part.validator();
  const canResume = fromBytes > 0 && validator !== undefined;
  const range = canResume ? { range: `bytes=${fromBytes}-`, 'if-range': validator } : undefined;
  const response = await fetch(url, { signal, headers: { 'accept-encoding': 'identity', ...range } });
  const contentRange = response.headers.get('content-range') ?? '';
  if (response.status === 206 && contentRange.startsWith(`bytes ${fromBytes}-`)) return response;
  if (response.status === 416 && contentRange === `bytes */${fromBytes}`) return 'complete';
  if (response.status === 200) {
    await part.restart(validatorOf(response));
    return response;
  }
  await response.body?.cancel();
  const said = `the server answers ${response.status}`;
  // Some other part, or none of what is left: what is there is of no use.
  if (response.status === 206 || response.status === 416) await part.restart(undefined);
  else if (!PASSING.has(response.status)) throw refused(url, said);
  throw new PassingFailure(said);
}

/** Only a strong one says that the bytes are the same. */
function validatorOf({ headers }: Response): string | undefined {
  const etag = headers.get('etag');
  if (etag !== null && !etag.startsWith('W/')) return etag;
  return headers.get('last-modified') ?? undefined;
}

function totalOf({ headers }: Response, fromBytes: number): number | undefined {
  const length = headers.get('content-length');
  return length === null ? undefined : fromBytes + Number(length);
}

interface Storing {
  readonly part: PartialDownload;
  readonly fromBytes: number;
  readonly totalBytes: number | undefined;
  readonly options: DownloadOptions;
  readonly stall: StallWatch;
  readonly signal: AbortSignal;
}

async function store(
  response: Response,
  { part, fromBytes, totalBytes, options, stall, signal }: Storing,
): Promise<void> {
  if (response.body === null) throw new PassingFailure('it has no body');
  let bytes = fromBytes;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      stall.moved();
      if (bytes > options.mostBytes) return done(tooBig(options));
      options.onProgress(bytes, totalBytes);
      done(null, chunk);
    },
  });
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  await pipeline(body, count, createWriteStream(part.path, { flags: 'a' }), { signal });
}

interface StallWatch {
  readonly signal: AbortSignal;
  moved(): void;
  end(): void;
}

function createStallWatch(afterMs: number): StallWatch {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new PassingFailure(`nothing came for ${afterMs} ms`)), afterMs);
  return { signal: abort.signal, moved: () => void timer.refresh(), end: () => clearTimeout(timer) };
}

function tooBig({ url, mostBytes }: DownloadOptions): CommandFailure {
  return new CommandFailure(`${url} is larger than ${mostBytes} bytes: that is no speech model.`, EXIT_CODES.badModel);
}

function refused(url: string, said: string): CommandFailure {
  return new CommandFailure(`${url} cannot be fetched: ${said}.`, EXIT_CODES.unavailable);
}

function unreachable(url: string, failure: unknown): CommandFailure {
  const cause = failure instanceof Error && failure.cause instanceof Error ? failure.cause : failure;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CommandFailure(
    `${url} cannot be fetched (${reason}). Run it again to go on from where it stopped; --from or VERBATIM_MODELS_URL names a mirror.`,
    EXIT_CODES.unavailable,
  );
}
