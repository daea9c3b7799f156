import { SttError } from '@verbatim/protocol';
import { openCodecSet } from '../media/codecs/codec-set.ts';
import { createDetectingTrack } from '../media/detecting-track.ts';
import type { DecodedBlock, MediaTrack, TrackFormat } from '../media/media-track.ts';
import type { AudioFile } from './audio-file.ts';
import { containerName } from './container.ts';

/** Bounds what the decoders keep beside the samples. Units: bytes. */
const PIECE_BYTES = 65_536;

/**
 * Reads a whole audio file of any accepted kind from its bytes, at its own rate (Opus at 16 kHz). A WAV file that was cut off gives what is
 * there, as those who write to a pipe leave them; another file that says its length must hold it.
 * @throws SttError `audio_unsupported` that says what was found and what is accepted; `audio_undecodable` for a damaged file.
 */
export async function readAudioFile(bytes: Uint8Array): Promise<AudioFile> {
  const track = createDetectingTrack(await openCodecSet(2), { clientBytes: 0 });
  try {
    const blocks = [...blocksOf(track, bytes)];
    const { format, container } = track;
    if (format === undefined || container === undefined)
      throw new RangeError('the file has ended without an error or a format');
    const file = joined(format, blocks);
    if (container !== 'wav') refuseIncomplete(file, format, containerName(container));
    return file;
  } finally {
    track.free();
  }
}

function* blocksOf(track: MediaTrack, bytes: Uint8Array): Generator<DecodedBlock> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield* track.decode(bytes.subarray(at, at + PIECE_BYTES));
  yield* track.end();
}

function joined({ sampleRateHz, channels }: TrackFormat, blocks: readonly DecodedBlock[]): AudioFile {
  const frames = blocks.reduce((sum, { samples }) => sum + (samples[0]?.length ?? 0), 0);
  const samples = Array.from({ length: channels }, () => new Float32Array(frames));
  let at = 0;
  for (const block of blocks) {
    block.samples.forEach((lane, channel) => samples[channel]?.set(lane, at));
    at += block.samples[0]?.length ?? 0;
  }
  return { sampleRateHz, channels, samples, durationSeconds: frames / sampleRateHz };
}

function refuseIncomplete(
  { durationSeconds }: AudioFile,
  { totalFrames = 0, sampleRateHz }: TrackFormat,
  name: string,
): void {
  if (Math.round(durationSeconds * sampleRateHz) >= totalFrames) return;
  const [found, said] = [durationSeconds, totalFrames / sampleRateHz].map((seconds) => seconds.toFixed(1));
  throw new SttError(
    'audio_undecodable',
    `This is ${name} that is damaged or cut off: only ${found} of its ${said} seconds can be read.`,
  );
}
