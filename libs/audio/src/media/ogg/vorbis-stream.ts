import { SttError } from '@verbatim/protocol';
import type { VorbisCodec } from '../codecs/vorbis-codec.ts';
import { damagedOgg } from './ogg-page.ts';
import type { OggStream } from './ogg-stream.ts';

const IDENTIFICATION = 0;
const SETUP = 2;
const IDENTIFICATION_BYTES = 30;
const CHANNELS_AT = 11;
const RATE_AT = 12;

const NO_PACKET = new Uint8Array(0);

/** Vorbis in Ogg: what it is, tags that are passed over, its code books, then packets that overlap. */
export function createVorbisStream(codec: VorbisCodec): OggStream {
  let identification: Uint8Array = NO_PACKET;
  /** Both heads behind each other, once the decoder has them. */
  let setup: Uint8Array = NO_PACKET;

  const begin = (codeBooks: Uint8Array): void => {
    const heads = new Uint8Array(identification.length + codeBooks.length);
    heads.set(identification);
    heads.set(codeBooks, identification.length);
    if (setup.length > 0 && !isEqual(setup, heads)) throw otherHeads();
    if (setup.length === 0) codec.begin(identification, codeBooks);
    setup = heads;
  };

  return {
    headPackets: 3,
    prerollFrames: 0,
    primingPackets: 1,
    preSkipFrames: 0,
    get format() {
      if (setup.length === 0) return undefined;
      const view = new DataView(setup.buffer, setup.byteOffset);
      return { sampleRateHz: view.getUint32(RATE_AT, true), channels: view.getUint8(CHANNELS_AT) };
    },
    get setup() {
      return setup;
    },
    takeHead(index, packet = NO_PACKET) {
      if (index === IDENTIFICATION && packet.length !== IDENTIFICATION_BYTES) throw brokenHeads();
      if (index === IDENTIFICATION) identification = packet;
      if (index === SETUP && packet.length === 0) throw brokenHeads();
      if (index === SETUP) begin(packet);
    },
    restore(heads) {
      identification = heads.slice(0, IDENTIFICATION_BYTES);
      begin(heads.slice(IDENTIFICATION_BYTES));
    },
    decode(packet, position) {
      const samples = codec.decode(packet);
      if (samples === undefined) throw damagedOgg(position, 'a packet of Vorbis cannot be read');
      return samples;
    },
    toFrames: (granules) => granules,
    free: () => codec.free(),
  };
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function brokenHeads(): SttError {
  return new SttError('audio_undecodable', 'This Ogg file is damaged: the heads of its Vorbis stream cannot be read.');
}

function otherHeads(): SttError {
  return new SttError(
    'audio_unsupported',
    'This Ogg file is several Vorbis files of different kinds in a chain; send them apart, or convert them first.',
  );
}
