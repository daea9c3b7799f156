import type { SttError } from '@verbatim/protocol';
import type { DecodedBlock } from '../media-track.ts';
import { withoutEnd, type SoundLine } from '../sound-line.ts';
import { damagedOgg, type OggPage } from './ogg-page.ts';
import { createOggPackets, type OggPacket } from './ogg-packets.ts';
import type { OggStream } from './ogg-stream.ts';

/** One stream of packets from its first page, or from where a decoder begins, to its last; a file may chain several. */
export interface OggLink {
  readonly serial: number;
  /** Whether sound may have come: before that, other streams that begin are beside this one and not after it. */
  readonly isUnderway: boolean;
  /** @throws SttError `audio_undecodable` when a page is missing or holds what is no packet */
  read(page: OggPage): DecodedBlock[];
}

interface PacketSound {
  readonly samples: readonly Float32Array[];
  readonly restartBytes?: number;
}

/** Creates a link. @param isResumed whether the heads have been read, and the first page may lie anywhere */
export function createOggLink(first: OggPage, { stream, line }: OggSound, isResumed: boolean): OggLink {
  const packets = createOggPackets();
  let sequence = first.sequence;
  let headsRead = isResumed ? stream.headPackets : 0;
  let primed = 0;
  let granule = isResumed ? undefined : 0;

  const takeHeads = (found: OggPacket[]): OggPacket[] => {
    const heads = found.slice(0, stream.headPackets - headsRead);
    for (const { bytes } of heads) {
      stream.takeHead(headsRead, bytes);
      headsRead += 1;
      if (headsRead === stream.headPackets) line.leaveOut(stream.preSkipFrames);
    }
    return found.slice(heads.length);
  };

  const toSound = ({ bytes }: OggPacket, index: number, page: OggPage): PacketSound => {
    if (bytes === undefined) throw tooLong(page);
    const samples = stream.decode(bytes, page.position);
    const isPriming = primed < stream.primingPackets;
    primed += 1;
    // What a decoder gives first that begins at this page; a last page is none, as only its distance to another says what it trims.
    const isRestart = index === stream.primingPackets && !page.isContinued && !page.isLast;
    return {
      samples: isPriming ? [] : samples,
      ...(isRestart ? { restartBytes: page.position } : {}),
    };
  };

  /** The sounds of a page, without the end that the last page says is none. */
  const trimmed = (sounds: PacketSound[], page: OggPage): PacketSound[] => {
    if (!page.isLast || page.granule === undefined || granule === undefined) return sounds;
    const frames = sounds.reduce((sum, { samples }) => sum + (samples[0]?.length ?? 0), 0);
    const excess = frames - stream.toFrames(page.granule - granule);
    return excess > 0 ? withoutEnd(sounds, Math.min(excess, frames)) : sounds;
  };

  return {
    serial: first.serial,
    get isUnderway() {
      return headsRead > 1;
    },
    read(page) {
      if (page.sequence !== sequence) throw damagedOgg(page.position, 'pages are missing');
      sequence = (sequence + 1) >>> 0;
      const found = takeHeads(packets.read(page));
      if (packets.isTooLong && headsRead === stream.headPackets) throw tooLong(page);
      const sounds = found.map((packet, index) => toSound(packet, index, page));
      const kept = trimmed(sounds, page);
      granule = page.granule ?? granule;
      return kept.flatMap(({ samples, restartBytes }) => line.append(samples, restartBytes) ?? []);
    },
  };
}

/** What the links of a file share: one decoder, one line of sound. */
export interface OggSound {
  readonly stream: OggStream;
  readonly line: SoundLine;
}

function tooLong({ position }: OggPage): SttError {
  return damagedOgg(position, 'a packet is too long to be sound');
}
