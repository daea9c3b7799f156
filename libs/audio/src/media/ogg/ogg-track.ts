import { SttError } from '@verbatim/protocol';
import { createByteQueue } from '../byte-queue.ts';
import type { CodecSet } from '../codecs/codec-set.ts';
import type { DecodedBlock, MediaTrack, TrackStart } from '../media-track.ts';
import { createSoundLine } from '../sound-line.ts';
import { createOggLink, type OggLink, type OggSound } from './ogg-link.ts';
import { readOggPage, type OggPage } from './ogg-page.ts';
import type { OggStream } from './ogg-stream.ts';
import {
  asStreamKind,
  oggStreamName,
  openOggStream,
  restoreOggStream,
  withKind,
  type OggStreamKind,
} from './ogg-streams.ts';

interface OpenSound extends OggSound {
  readonly kind: OggStreamKind;
}

/**
 * Reads Ogg with Opus or Vorbis, chained files too; other streams beside the sound are passed over. Positions follow from the packets: a
 * stream whose clock begins late (a recording cut out of a broadcast) begins at 0 here.
 */
export function createOggTrack({ clientBytes, resumed }: TrackStart, codecs: CodecSet): MediaTrack {
  const queue = createByteQueue(clientBytes);
  const withLine = (kind: OggStreamKind, stream: OggStream): OpenSound => ({
    kind,
    stream,
    line: createSoundLine(resumed?.frame ?? 0, stream.prerollFrames),
  });
  let sound: OpenSound | undefined;
  let link: OggLink | undefined;
  let foreignName = 'no stream';
  if (resumed !== undefined) {
    const { kind, stream } = restoreOggStream(resumed.setup, codecs);
    sound = withLine(kind, stream);
  }

  const beginLink = (page: OggPage): void => {
    const name = oggStreamName(page.body);
    const kind = asStreamKind(name);
    const isBesideSound = link !== undefined && !link.isUnderway;
    if (isBesideSound || (kind === undefined && sound !== undefined)) return;
    if (kind === undefined) {
      foreignName = name;
      return;
    }
    if (sound !== undefined && sound.kind !== kind) throw changedKind(sound.kind, kind);
    sound ??= withLine(kind, openOggStream(kind, codecs));
    link = createOggLink(page, sound, false);
  };

  const blocksOf = (page: OggPage): readonly DecodedBlock[] => {
    if (page.isFirst) beginLink(page);
    if (sound === undefined) {
      if (page.isFirst) return [];
      throw noSound(foreignName);
    }
    // A decoder that goes on in the middle begins at a page of the sound: any other would not be a place to begin.
    link ??= createOggLink(page, sound, true);
    return page.serial === link.serial ? link.read(page) : [];
  };

  return {
    get format() {
      return sound?.stream.format;
    },
    get setup() {
      return sound === undefined ? new Uint8Array(0) : withKind(sound.kind, sound.stream.setup);
    },
    *decode(bytes) {
      queue.append(bytes);
      for (let page = readOggPage(queue); page !== undefined; page = readOggPage(queue)) yield* blocksOf(page);
    },
    end: () => [],
    free: () => sound?.stream.free(),
  };
}

function noSound(found: string): SttError {
  return new SttError(
    'audio_unsupported',
    `This Ogg file holds ${found}; accepted are Opus and Vorbis, so convert it first.`,
  );
}

function changedKind(first: string, second: string): SttError {
  return new SttError(
    'audio_unsupported',
    `This Ogg file is a chain of ${first} and ${second}; send them apart, or convert them first.`,
  );
}
