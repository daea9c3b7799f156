import { createAudioIntake } from '../intake/create-audio-intake.ts';
import type { MediaFormat, MediaIntake, MediaLimits, MediaStart } from '../media.ts';
import { loadRangeResamplers } from '../resampling/range-resampler.ts';
import { openCodecSet, type CodecSet } from './codecs/codec-set.ts';
import { openOpusCodec } from './codecs/opus-codec.ts';
import { createDetectingTrack } from './detecting-track.ts';
import { openTrack } from './open-track.ts';
import { createOpusPacketTrack } from './opus/opus-packet-track.ts';
import { createPackedIntake, type PackedFile } from './packed-intake.ts';
import { createRawIntake } from './raw-intake.ts';
import { decodeRestartHeader } from './restart-header.ts';

const AT_THE_BEGINNING: MediaStart = { sample: 0, clientBytes: 0, header: new Uint8Array(0) };

/** Where an intake begins, and what it may cost. */
export interface MediaIntakeOptions {
  /** Without it at the session's beginning. With an empty header a new file begins at that place of the session. */
  readonly start?: MediaStart;
  readonly limits: MediaLimits;
}

/**
 * Opens the way from a client's audio of any kind to 16 kHz chunks. Everything that has to be loaded is loaded here, so that `accept` never
 * waits. Feed it pieces of at most {@link MEDIA_PIECE_BYTES}: silence packs so well that one piece can be many minutes.
 * @throws SttError `audio_unsupported` for raw audio whose rate or channels are out of range
 */
export async function openMediaIntake(format: MediaFormat, options: MediaIntakeOptions): Promise<MediaIntake> {
  const { start = AT_THE_BEGINNING, limits } = options;
  const { encoding, sampleRateHz, channels } = format;
  if (encoding === 'container') return openContainer(format, start, limits);
  if (encoding === 'opus') return openOpusPackets(format, start, limits);
  const raw = await createAudioIntake({ encoding, sampleRateHz, channels }, start);
  return createRawIntake(raw, start, limits);
}

/** @see openMediaIntake */
export const MEDIA_PIECE_BYTES = 4_096;

async function openContainer(format: MediaFormat, start: MediaStart, limits: MediaLimits): Promise<MediaIntake> {
  const [codecs, resamplers] = await Promise.all([openCodecSet(format.channels === 1 ? 1 : 2), loadRangeResamplers()]);
  const file = start.header.length === 0 ? newFile(start, codecs) : resumedFile(start, codecs);
  return createPackedIntake(file, { format, limits, resamplers });
}

function newFile(start: MediaStart, codecs: CodecSet): PackedFile {
  const track = createDetectingTrack(codecs, { clientBytes: start.clientBytes });
  return { track, container: () => track.container, start, origin: undefined };
}

function resumedFile(start: MediaStart, codecs: CodecSet): PackedFile {
  const origin = decodeRestartHeader(start.header);
  const { container, setup, fileStartBytes, fileStartFrame } = origin;
  const { clientBytes, restartFrame = fileStartFrame } = start;
  // Nothing had been read that a later decoder can do without: the file is read from its first byte again.
  const isFresh = clientBytes === fileStartBytes;
  const resumed = isFresh ? {} : { resumed: { setup, frame: restartFrame - fileStartFrame } };
  const track = openTrack(container, { clientBytes, ...resumed }, codecs);
  return { track, container: () => container, start, origin };
}

async function openOpusPackets(format: MediaFormat, start: MediaStart, limits: MediaLimits): Promise<MediaIntake> {
  const channels = format.channels === 1 ? 1 : 2;
  const [codec, resamplers] = await Promise.all([openOpusCodec(channels), loadRangeResamplers()]);
  const { clientBytes, restartFrame = 0 } = start;
  const track = createOpusPacketTrack(codec, { clientBytes, frame: clientBytes === 0 ? 0 : restartFrame, channels });
  const origin = { fileStartBytes: 0, fileStartFrame: 0 };
  return createPackedIntake({ track, container: () => undefined, start, origin }, { format, limits, resamplers });
}
