import { SttError } from '@verbatim/protocol';
import type { AudioChunk } from '../intake.ts';
import type { MediaFormat, MediaIntake, MediaLimits, MediaStart } from '../media.ts';
import { PIPELINE_SAMPLE_RATE_HZ } from '../pipeline-format.ts';
import type { RangeResamplers } from '../resampling/range-resampler.ts';
import type { AudioContainer } from '../files/container.ts';
import type { DecodedBlock, MediaTrack, TrackFormat } from './media-track.ts';
import { LARGEST_SETUP_BYTES, encodeRestartHeader, type RestartHeader } from './restart-header.ts';
import { createTimeline, refuseUnfit, type Timeline } from './timeline.ts';

/** A file's decoder and its place in the session. */
export interface PackedFile {
  readonly track: MediaTrack;
  /** Known when the track's format is; `undefined` for what has no head, as raw packets. */
  readonly container: () => AudioContainer | undefined;
  readonly start: MediaStart;
  /** Where the file began, as the decoder before this one found; `undefined` when it begins here. */
  readonly origin: FileOrigin | undefined;
}

/** Place of a file's first byte and first frame in the session. */
export type FileOrigin = Pick<RestartHeader, 'fileStartBytes' | 'fileStartFrame'>;

/** Everything else the intake needs. */
export interface PackedSurroundings {
  readonly format: MediaFormat;
  readonly limits: MediaLimits;
  readonly resamplers: RangeResamplers;
}

/** Turns a track's blocks into the session's chunks, and says with each where a later decoder may begin. */
export function createPackedIntake(file: PackedFile, surroundings: PackedSurroundings): MediaIntake {
  const { track } = file;
  const { limits } = surroundings;
  let opened: OpenedFile | undefined;
  let framesTaken = 0;
  let failure: Error | undefined;

  const open = (format: TrackFormat): OpenedFile => {
    opened ??= openFile(file, surroundings, format);
    return opened;
  };

  function* chunksOf(blocks: Iterable<DecodedBlock>): Generator<AudioChunk> {
    for (const block of blocks) {
      const { format } = track;
      if (format === undefined) continue;
      const { timeline } = open(format);
      framesTaken += block.samples[0]?.length ?? 0;
      if (framesTaken > limits.longestSeconds * format.sampleRateHz) throw tooLong(limits);
      timeline.append(block);
      for (let chunk = timeline.next(); chunk !== undefined; chunk = timeline.next()) yield chunk;
    }
    // A file that does not fit is refused at its head, and not only when its sound begins.
    if (track.format !== undefined) open(track.format);
  }

  /** After a failure the positions mean nothing any more. */
  const guarded = (run: () => AudioChunk[]): AudioChunk[] => {
    if (failure !== undefined) throw failure;
    try {
      return run();
    } catch (error) {
      failure = error instanceof Error ? error : new Error('decoding failed', { cause: error });
      throw failure;
    }
  };

  const rest = (): AudioChunk[] => {
    const chunk = opened?.timeline.rest();
    return chunk === undefined ? [] : [chunk];
  };

  return {
    accept: (bytes) => guarded(() => [...chunksOf(track.decode(bytes))]),
    flush: () => guarded(rest),
    end: () => guarded(() => [...chunksOf(track.end()), ...rest()]),
    get header() {
      return opened?.header ?? file.start.header;
    },
    free: () => track.free(),
  };
}

interface OpenedFile {
  readonly timeline: Timeline;
  readonly header: Uint8Array;
}

function openFile(
  { track, container, start, origin }: PackedFile,
  { format, resamplers }: PackedSurroundings,
  trackFormat: TrackFormat,
): OpenedFile {
  refuseUnfit(trackFormat, format.channels);
  if (track.setup.length > LARGEST_SETUP_BYTES) throw headTooLarge(track.setup.length);
  const kind = container();
  const fileStart = {
    clientBytes: origin?.fileStartBytes ?? start.clientBytes,
    frame: origin?.fileStartFrame ?? Math.ceil((start.sample * trackFormat.sampleRateHz) / PIPELINE_SAMPLE_RATE_HZ),
  };
  const isFresh = start.clientBytes === fileStart.clientBytes;
  const timeline = createTimeline({ ...trackFormat, sessionChannels: format.channels }, resamplers, {
    fileStart,
    sample: start.sample,
    firstFrame: isFresh ? fileStart.frame : (start.restartFrame ?? fileStart.frame),
  });
  if (kind === undefined) return { timeline, header: start.header };
  const { clientBytes: fileStartBytes, frame: fileStartFrame } = fileStart;
  const header = encodeRestartHeader({ container: kind, fileStartBytes, fileStartFrame, setup: track.setup });
  return { timeline, header };
}

function tooLong({ longestSeconds }: MediaLimits): SttError {
  return new SttError(
    'audio_too_long',
    `This audio is longer than ${longestSeconds} seconds once it is decoded, the most that is taken at once; send it in parts or as a stream.`,
  );
}

function headTooLarge(bytes: number): SttError {
  const most = LARGEST_SETUP_BYTES;
  return new SttError(
    'audio_unsupported',
    `This file's head takes ${bytes} bytes without its pictures and tags; accepted are ${most}.`,
  );
}
