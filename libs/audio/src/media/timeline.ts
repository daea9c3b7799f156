import { SttError } from '@verbatim/protocol';
import { createChunkRenderer, type RenderedChunk } from '../intake/chunk-renderer.ts';
import type { AudioChunk } from '../intake.ts';
import { PIPELINE_SAMPLE_RATE_HZ } from '../pipeline-format.ts';
import type { RangeResamplers } from '../resampling/range-resampler.ts';
import type { DecodedBlock, RestartPoint, TrackFormat } from './media-track.ts';

/** A file's sound on the session's clock. */
export interface Timeline {
  append(block: DecodedBlock): void;
  /** The next whole chunk. */
  next(): AudioChunk | undefined;
  /** What is there, as if silence followed. */
  rest(): AudioChunk | undefined;
}

/** Where a file's sound lies in the session. */
export interface TimelinePlace {
  /** Place of the file's first byte and frame: where a decoder begins as long as no better place is known. */
  readonly fileStart: RestartPoint;
  /** Next sample to give out. Units: samples per channel at 16 kHz since the session began. */
  readonly sample: number;
  /** First frame that will be appended, since the session began. */
  readonly firstFrame: number;
}

/** Blocks whose beginning a decoder could be given, oldest first, frames of the session. */
interface RestartRange {
  readonly validFrom: number;
  readonly validTo: number;
  readonly restart: RestartPoint;
  readonly frameBytes?: number;
}

/** Creates the timeline of a file for a session of one or two channels: at one, two of the file's are mixed. */
export function createTimeline(
  format: TrackFormat & { readonly sessionChannels: number },
  resamplers: RangeResamplers,
  place: TimelinePlace,
): Timeline {
  const channels = format.sessionChannels;
  const resampler = resamplers(format.sampleRateHz, PIPELINE_SAMPLE_RATE_HZ);
  const renderer = createChunkRenderer({ sampleRateHz: format.sampleRateHz, channels }, resampler, {
    sample: place.sample,
    inputFrame: place.firstFrame,
  });
  const fileFrame = place.fileStart.frame;
  const ranges: RestartRange[] = [];
  let restart = place.fileStart;

  /** After each chunk: the last place from which everything that follows it can be computed again. */
  const advance = (): void => {
    const { neededFrom } = renderer;
    for (let range = ranges[0]; range !== undefined && range.validFrom <= neededFrom; range = ranges[0]) {
      restart = pointInside(range, neededFrom);
      if (range.validTo > neededFrom) break;
      ranges.shift();
    }
  };

  const toChunk = (rendered: RenderedChunk | undefined): AudioChunk | undefined => {
    if (rendered === undefined) return undefined;
    advance();
    const { endSample, pcm } = rendered;
    return { endSample, pcm, clientBytes: restart.clientBytes, restartFrame: restart.frame };
  };

  return {
    append(block) {
      const samples = channels === 1 && block.samples.length > 1 ? [mixed(block.samples)] : block.samples;
      renderer.append(samples);
      if (block.restart === undefined) return;
      ranges.push({
        validFrom: fileFrame + block.frame,
        validTo: renderer.received,
        restart: { clientBytes: block.restart.clientBytes, frame: fileFrame + block.restart.frame },
        ...(block.frameBytes === undefined ? {} : { frameBytes: block.frameBytes }),
      });
    },
    next: () => toChunk(renderer.next()),
    rest: () => toChunk(renderer.rest()),
  };
}

/** Where frames lie in equal bytes, any of them will do. */
function pointInside({ restart, validTo, frameBytes }: RestartRange, neededFrom: number): RestartPoint {
  if (frameBytes === undefined) return restart;
  const frame = Math.min(neededFrom, validTo);
  return { clientBytes: restart.clientBytes + (frame - restart.frame) * frameBytes, frame };
}

function mixed(lanes: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), second = first] = lanes;
  return first.map((sample, index) => (sample + (second[index] as number)) / 2);
}

const LOWEST_RATE_HZ = 8_000;
const HIGHEST_RATE_HZ = 192_000;
const MOST_CHANNELS = 2;

/** @throws SttError `audio_unsupported` for a file that a session of so many channels cannot take */
export function refuseUnfit({ sampleRateHz, channels }: TrackFormat, sessionChannels: number): void {
  if (sampleRateHz < LOWEST_RATE_HZ || sampleRateHz > HIGHEST_RATE_HZ) {
    throw unsupported(`has ${sampleRateHz} Hz; accepted are ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz`);
  }
  if (channels > MOST_CHANNELS)
    throw unsupported(`has ${channels} channels; accepted are 1 and 2, so mix it down first`);
  if (channels < sessionChannels) {
    throw unsupported(`has one channel and the session two; open a session of one channel, or send a file of two`);
  }
}

function unsupported(what: string): SttError {
  return new SttError('audio_unsupported', `This audio file ${what}.`);
}
