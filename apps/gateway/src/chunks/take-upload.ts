import { setTimeout as sleep } from 'node:timers/promises';
import type { BegunChunk, TakeChunkResult, TakenChunk } from '@verbatim/backbone';
import { SttError, type OpenSessionConfig, type SessionId } from '@verbatim/protocol';
import type { ChunkParts } from './chunk-parts.ts';
import { ChunkStore } from './chunk-store.ts';
import { decodedSample, decodeState, encodeState, receivedBytes, type DecoderState } from './decoder-state.ts';
import { noRoom, notChunked, otherBytes, outOfOrder, sessionOver, sessionUnknown, tooMuchMoved } from './errors.ts';
import { checkUpload } from './upload-checks.ts';
import type { UploadedBytes } from './upload-buffer.ts';
import { UploadDecoder, type UploadDecoderParts } from './upload-decoder.ts';
import { storageGone } from '../public-error.ts';

/** One upload of a session that exists. */
export interface Upload {
  readonly sessionId: SessionId;
  readonly index: number | undefined;
  readonly isFirst: boolean;
  readonly isFinal: boolean;
  readonly bytes: UploadedBytes;
  /** Refuses what the session cannot take. @throws SttError */
  readonly check: (config: OpenSessionConfig) => void;
  /** Called when it is known where in the audio the upload begins, before any of it is stored. */
  readonly onBegun: (chunk: TakenUpload & { readonly fromSample: number }) => Promise<void>;
}

/** An upload that the session has taken, now or before. */
export interface TakenUpload extends Pick<TakenChunk, 'index' | 'config' | 'toldSeq'> {
  /** Its answer was decided before. */
  readonly isAnswered: boolean;
}

/**
 * Another replica with the same chunk may get in between, again and again while both append: whoever was in the way of the other is soon
 * done with it. So the next try waits a moment, each a different one. Units: milliseconds.
 */
const TRY_AGAIN_FROM_MS = 20;
const TRY_AGAIN_TO_MS = 150;

/**
 * Brings an upload into its session, once, whoever else tries the same: begin, decode from where the last chunk stopped, append behind what
 * is stored, and move the session on in one step.
 *
 * Worked failure: a replica stores half of chunk 5 and dies. The client sends chunk 5 to another one, which decodes it from the same state
 * into the same samples, finds the first half stored, appends the second, and moves the index on: nothing is missing, nothing doubled.
 * @throws SttError saying what the client should do
 */
export async function takeUpload(parts: ChunkParts, upload: Upload): Promise<TakenUpload> {
  const { orderPatienceMs, orderPollMs } = parts.limits;
  const givesUpAtMs = parts.nowMs() + orderPatienceMs;
  for (;;) {
    const taken = await parts.turns.run(upload.sessionId, () => tryUpload(parts, upload));
    if ('config' in taken) return taken;
    if (parts.nowMs() >= givesUpAtMs) throw outOfOrder(taken.expectedIndex, upload.index ?? taken.expectedIndex);
    // The chunk before it may be on its way to another replica.
    await sleep(orderPollMs);
  }
}

async function tryUpload(parts: ChunkParts, upload: Upload): Promise<TakenUpload | { readonly expectedIndex: number }> {
  const givesUpAtMs = parts.nowMs() + parts.limits.storePatienceMs;
  for (;;) {
    const begun = await parts.backbone.beginChunk(upload.sessionId, { ...upload, digest: digestOf(upload) });
    switch (begun.kind) {
      case 'taken':
        return begun;
      case 'ahead':
        return { expectedIndex: begun.index };
      case 'other_bytes':
        throw otherBytes(begun.index);
      case 'over':
        throw sessionOver(upload.sessionId);
      case 'not_chunked':
        throw notChunked();
      case 'gone':
        throw sessionUnknown();
      case 'begun':
        if (await bringIn(parts, upload, begun)) return { ...begun, isAnswered: false };
    }
    if (parts.nowMs() >= givesUpAtMs) throw tooMuchMoved();
    await sleep(TRY_AGAIN_FROM_MS + Math.random() * (TRY_AGAIN_TO_MS - TRY_AGAIN_FROM_MS));
  }
}

/** False when something got in between and it must begin again. */
async function bringIn(parts: ChunkParts, upload: Upload, begun: BegunChunk): Promise<boolean> {
  upload.check(begun.config);
  const before = decodeState(begun.decoder);
  checkUpload(upload, before, begun.config);
  await upload.onBegun({ ...begun, isAnswered: false, fromSample: decodedSample(before) });
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), parts.limits.storePatienceMs);
  try {
    const after = await storeAudio(parts, { upload, begun, before, patience: patience.signal });
    return settle(upload, begun.index, await parts.backbone.takeChunk(upload.sessionId, toTake(upload, begun, after)));
  } catch (thrown) {
    const error = SttError.from(thrown);
    if (error.code === 'insufficient_state' || error.code === 'resume_unrecoverable') return false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

interface Bringing {
  readonly upload: Upload;
  readonly begun: BegunChunk;
  readonly before: DecoderState;
  readonly patience: AbortSignal;
}

/** Decodes and stores; decoding goes no further than storing lets it. */
async function storeAudio(parts: ChunkParts, { upload, begun, before, patience }: Bringing): Promise<DecoderState> {
  const { backbone, counters, storage } = parts;
  const { sessionId } = upload;
  const { channels } = begun.config;
  const store = new ChunkStore({
    ...{ backbone, sessionId, channels, stored: begun.stored, patience },
    tooLate: () => (storage.downSinceMs === undefined ? noRoom(sessionId, begun.index) : storageGone()),
    onStored: (samples) => void (counters.receivedSamples += samples),
  });
  const decoder = new UploadDecoder(decoderParts(parts, begun.config), before);
  try {
    for await (const chunks of decoder.decode(upload.bytes, upload.isFinal)) await store.append(chunks);
    await store.drained();
    return decoder.state;
  } finally {
    decoder.close();
    store.close();
  }
}

function decoderParts({ decoders, limits }: ChunkParts, config: OpenSessionConfig): UploadDecoderParts {
  const { encoding, sample_rate: sampleRateHz, channels } = config;
  const longestSeconds = limits.longestChunkSeconds;
  const kind = encoding === 'container' || encoding === 'opus' ? encoding : 'raw';
  return {
    kind,
    open: (start) => decoders.open({ encoding, sampleRateHz, channels }, { longestSeconds, start, isUpload: true }),
  };
}

function toTake(upload: Upload, begun: BegunChunk, after: DecoderState) {
  return {
    ...{ index: begun.index, digest: digestOf(upload), decoder: encodeState(after), isFinal: upload.isFinal },
    stored: { sample: decodedSample(after), clientBytes: receivedBytes(after) },
  };
}

function settle(upload: Upload, index: number, result: TakeChunkResult): boolean {
  switch (result) {
    case 'taken':
    case 'already':
      return true;
    case 'moved':
      return false;
    case 'other_bytes':
      throw otherBytes(index);
    case 'over':
      throw sessionOver(upload.sessionId);
    case 'gone':
      throw sessionUnknown();
  }
}

/** What a repeat must have in common: the bytes, and whether the session ends with them. */
function digestOf({ bytes, isFinal }: Upload): string {
  return isFinal ? `${bytes.digest}.final` : bytes.digest;
}
