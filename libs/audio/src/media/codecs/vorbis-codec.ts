import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { soundOf, withoutComplaints, type PackageResult, type PacketCodec } from './packet-codec.ts';

/** The part of the package behind its own Ogg reader, which keeps neither places nor damage. */
interface PacketDecoder {
  sendSetupHeader(packet: Uint8Array): void;
  initDsp(): void;
  decodePackets(packets: readonly Uint8Array[]): PackageResult;
}

/** The package's room for one packet. Units: bytes. */
export const LONGEST_VORBIS_PACKET_BYTES = 131_072;

export interface VorbisCodec extends PacketCodec {
  /** Takes the first and the third packet of a stream, once; the second holds comments. */
  begin(identification: Uint8Array, setup: Uint8Array): void;
}

/** Opens libvorbis. The first packet after the beginning gives no sound: each overlaps with the one before it. */
export async function openVorbisCodec(): Promise<VorbisCodec> {
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  const { _decoder: inner } = decoder as unknown as { readonly _decoder: PacketDecoder };
  return {
    begin(identification, setup) {
      withoutComplaints(() => {
        inner.sendSetupHeader(identification);
        inner.sendSetupHeader(setup);
        inner.initDsp();
      });
    },
    decode(packet) {
      if (packet.length > LONGEST_VORBIS_PACKET_BYTES) return undefined;
      return soundOf(withoutComplaints(() => inner.decodePackets([packet])));
    },
    free: () => decoder.free(),
  };
}
