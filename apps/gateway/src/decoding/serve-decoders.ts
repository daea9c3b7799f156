import type { MessagePort } from 'node:worker_threads';
import type { AudioChunk, MediaFormat, MediaIntake, MediaLimits, MediaStart } from '@verbatim/audio';
import { SttError } from '@verbatim/protocol';
import type { DecodedStep, DecoderFailure, DecoderReply, DecoderRequest, DecoderStep } from './decoder-messages.ts';

/** `openMediaIntake`; a test puts hostile codecs in its place. */
export type OpenIntake = (
  format: MediaFormat,
  options: { readonly start?: MediaStart; readonly limits: MediaLimits },
) => Promise<MediaIntake>;

interface ServedStream {
  readonly intake: MediaIntake;
  isHeaderTold: boolean;
}

/**
 * The body of a decoder's worker thread: opens, feeds and frees intakes as it is told, one step after the other. Whatever a codec throws
 * ends its stream and no other; what it does instead of returning is the other side's to notice.
 */
export async function serveDecoders(
  port: Pick<MessagePort, 'on' | 'postMessage'>,
  openIntake: OpenIntake,
): Promise<void> {
  const streams = new Map<number, ServedStream>();

  const answer = async (stream: number, step: DecoderStep): Promise<void> => {
    try {
      const decoded =
        step.kind === 'open'
          ? await open(streams, stream, { step, openIntake })
          : decode(servedStream(streams, stream), step);
      port.postMessage({ kind: 'decoded', decoded } satisfies DecoderReply, [decoded.pcm.buffer as ArrayBuffer]);
    } catch (thrown) {
      close(streams, stream);
      port.postMessage({ kind: 'failed', failure: toFailure(thrown) } satisfies DecoderReply);
    }
  };

  // One after the other: a stream that is closed while it is being opened would else stay for ever.
  let done = Promise.resolve();
  port.on('message', (request: DecoderRequest) => {
    done = done.then(() =>
      request.kind === 'close' ? close(streams, request.stream) : answer(request.stream, request.step),
    );
  });
  await warmUp(openIntake);
  port.postMessage({ kind: 'ready' } satisfies DecoderReply);
}

/** The first use of a thread loads and compiles; no client's bytes should be counted the slower for it. */
async function warmUp(openIntake: OpenIntake): Promise<void> {
  const format = { encoding: 'container', sampleRateHz: 16_000, channels: 1 } as const;
  const intake = await openIntake(format, { limits: { longestSeconds: 1 } });
  intake.free();
}

async function open(
  streams: Map<number, ServedStream>,
  stream: number,
  how: { readonly step: Extract<DecoderStep, { kind: 'open' }>; readonly openIntake: OpenIntake },
): Promise<DecodedStep> {
  const { format, start, limits } = how.step;
  const intake = await how.openIntake(format, { limits, ...(start === undefined ? {} : { start }) });
  streams.set(stream, { intake, isHeaderTold: start !== undefined });
  return { places: [], pcm: new Uint8Array(0), header: undefined };
}

function servedStream(streams: ReadonlyMap<number, ServedStream>, stream: number): ServedStream {
  const served = streams.get(stream);
  if (served === undefined) throw new RangeError(`there is no stream ${stream} in this worker`);
  return served;
}

function decode(served: ServedStream, step: Exclude<DecoderStep, { kind: 'open' }>): DecodedStep {
  const chunks = chunksOf(served.intake, step);
  const isHeaderNew = chunks.length > 0 && !served.isHeaderTold;
  if (isHeaderNew) served.isHeaderTold = true;
  return {
    places: chunks.map(({ pcm, ...place }) => ({ ...place, pcmBytes: pcm.length })),
    pcm: joinedPcm(chunks),
    header: isHeaderNew ? served.intake.header : undefined,
  };
}

function chunksOf(intake: MediaIntake, step: Exclude<DecoderStep, { kind: 'open' }>): readonly AudioChunk[] {
  switch (step.kind) {
    case 'accept':
      return intake.accept(step.bytes);
    case 'flush':
      return intake.flush();
    case 'end':
      return intake.end();
  }
}

function joinedPcm(chunks: readonly AudioChunk[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((bytes, { pcm }) => bytes + pcm.length, 0));
  let at = 0;
  for (const { pcm } of chunks) {
    joined.set(pcm, at);
    at += pcm.length;
  }
  return joined;
}

function close(streams: Map<number, ServedStream>, stream: number): void {
  const served = streams.get(stream);
  streams.delete(stream);
  try {
    served?.intake.free();
  } catch {
    // A codec that trapped cannot be freed in order either; its memory goes with the object.
  }
}

function toFailure(thrown: unknown): DecoderFailure {
  if (thrown instanceof SttError) return { code: thrown.code, message: thrown.message, field: thrown.field };
  return {
    code: 'audio_undecodable',
    message: 'The decoder broke off at this audio: check that the file is whole, or convert it.',
    field: undefined,
  };
}
