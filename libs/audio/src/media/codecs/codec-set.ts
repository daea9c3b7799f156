import { openFlacCodec } from './flac-codec.ts';
import { openMpegCodec } from './mpeg-codec.ts';
import { openOpusCodec } from './opus-codec.ts';
import type { PacketCodec } from './packet-codec.ts';
import { openVorbisCodec, type VorbisCodec } from './vorbis-codec.ts';

/**
 * One decoder of each kind, ready: a file's kind is known only after its first bytes, and then nobody can wait for WASM to load. A file
 * takes one; the others are then put back for the next file.
 */
export interface CodecSet {
  takeOpus(): PacketCodec;
  takeMpeg(): PacketCodec;
  takeFlac(): PacketCodec;
  takeVorbis(): VorbisCodec;
  /** Puts all back that were not taken; nothing can be taken any more. */
  release(): void;
}

const OPENERS = {
  opusMono: () => openOpusCodec(1),
  opusStereo: () => openOpusCodec(2),
  mpeg: openMpegCodec,
  flac: openFlacCodec,
  vorbis: openVorbisCodec,
} as const;

type CodecName = keyof typeof OPENERS;
type Opened<Name extends CodecName> = Awaited<ReturnType<(typeof OPENERS)[Name]>>;

/** Unused decoders wait here for the next file (0.5–5 ms each to open anew). Units: decoders of each kind. */
const MOST_WAITING = 2;

const waiting: { readonly [Name in CodecName]: Opened<Name>[] } = {
  opusMono: [],
  opusStereo: [],
  mpeg: [],
  flac: [],
  vorbis: [],
};

/** Opens a set. @param opusChannels what Opus is decoded to */
export async function openCodecSet(opusChannels: 1 | 2): Promise<CodecSet> {
  const [opus, mpeg, flac, vorbis] = await Promise.all([
    reserve(opusChannels === 1 ? 'opusMono' : 'opusStereo'),
    reserve('mpeg'),
    reserve('flac'),
    reserve('vorbis'),
  ]);
  const release = () => [opus, mpeg, flac, vorbis].forEach((reservation) => reservation.putBack());
  const takeFrom = <Codec>(reservation: Reservation<Codec>) => {
    const taken = reservation.take();
    release();
    return taken;
  };
  return {
    takeOpus: () => takeFrom(opus),
    takeMpeg: () => takeFrom(mpeg),
    takeFlac: () => takeFrom(flac),
    takeVorbis: () => takeFrom(vorbis),
    release,
  };
}

interface Reservation<Codec> {
  take(): Codec;
  putBack(): void;
}

async function reserve<Name extends CodecName>(name: Name): Promise<Reservation<Opened<Name>>> {
  const shelf: Opened<CodecName>[] = waiting[name];
  let codec: Opened<Name> | undefined = (shelf.pop() ?? (await OPENERS[name]())) as Opened<Name>;
  return {
    take() {
      if (codec === undefined) throw new RangeError(`the ${name} decoder is not here any more: a file takes one, once`);
      const taken = codec;
      codec = undefined;
      return taken;
    },
    putBack() {
      if (codec !== undefined && shelf.length < MOST_WAITING) shelf.push(codec);
      else codec?.free();
      codec = undefined;
    },
  };
}
