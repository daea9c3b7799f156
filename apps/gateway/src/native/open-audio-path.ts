import { createAudioIntake, PIPELINE_SAMPLE_RATE_HZ, type MediaStart } from '@verbatim/audio';
import type { AudioWriter } from '@verbatim/backbone';
import type { DecoderPool, Decoding } from '../decoding/decoder-pool.ts';
import { isRaw, toMediaFormat, type RawFormat } from './audio-format.ts';
import type { AudioPath, AudioPathListener } from './audio-path.ts';
import { createAudioSuspicion } from './audio-suspicion.ts';
import type { Entrance } from './entrance.ts';
import { headerLost, packedTooLong } from './session-errors.ts';
import { PackedAudioPath } from './packed-audio-path.ts';
import { RawAudioPath } from './raw-audio-path.ts';

/** A session's way up, ready but for where it leads. */
export type AudioPathOpening = (writer: AudioWriter, listener: AudioPathListener) => AudioPath;

export interface AudioPathParts {
  readonly decoders: Pick<DecoderPool, 'open'>;
  /** Most audio of a session whose bytes do not tell how long they are. */
  readonly longestPackedSeconds: number;
}

const NO_HEADER = new Uint8Array(0);

/**
 * Prepares the way up for what the session announced.
 * @throws SttError `audio_unsupported` · `resume_unrecoverable` when the beginning of a packed file is not there any more · `session_limit`
 */
export async function prepareAudioPath(parts: AudioPathParts, entrance: Entrance): Promise<AudioPathOpening> {
  const { config, start } = entrance;
  const format = toMediaFormat(config);
  if (isRaw(format)) return prepareRaw(format, start);
  const leftSeconds = parts.longestPackedSeconds - Math.floor(start.sample / PIPELINE_SAMPLE_RATE_HZ);
  if (leftSeconds <= 0) throw packedTooLong(parts.longestPackedSeconds);
  const from = mediaStartOf(entrance);
  const open = (): Decoding => parts.decoders.open(format, { longestSeconds: leftSeconds, start: from });
  const isPackets = format.encoding === 'opus';
  return (writer, listener) =>
    new PackedAudioPath({ decoding: open(), writer, listener, isPackets, isHeaderKept: from !== undefined }, start);
}

async function prepareRaw(format: RawFormat, start: Entrance['start']): Promise<AudioPathOpening> {
  const intake = await createAudioIntake(format, start);
  const suspicion = createAudioSuspicion(format, start.clientBytes);
  return (writer) => new RawAudioPath({ intake, writer, suspicion }, start);
}

/** Where the decoder goes on; `undefined` when nothing is stored yet, and it begins. */
function mediaStartOf({ config, start, mediaHeader = NO_HEADER }: Entrance): MediaStart | undefined {
  if (start.sample === 0) return undefined;
  if (config.encoding === 'container' && mediaHeader.length === 0) throw headerLost();
  return { ...start, header: mediaHeader };
}
