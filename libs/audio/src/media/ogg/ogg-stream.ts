import type { TrackFormat } from '../media-track.ts';

/** A codec inside Ogg: how its heads are read, and how its packets become sound. */
export interface OggStream {
  /** Packets at the beginning that hold no sound. */
  readonly headPackets: number;
  /** Known when all heads are read. */
  readonly format: TrackFormat | undefined;
  /** What a later decoder needs of the heads. */
  readonly setup: Uint8Array;
  /** How far back the codec remembers. Units: frames */
  readonly prerollFrames: number;
  /** Packets that a decoder takes in before it gives sound. */
  readonly primingPackets: number;
  /** What is left out of the beginning. Units: frames. */
  readonly preSkipFrames: number;
  /** Takes a head; one that is too long to be kept comes as `undefined`. @throws SttError for one that is none */
  takeHead(index: number, packet: Uint8Array | undefined): void;
  /** Goes on from the heads that another decoder read. */
  restore(setup: Uint8Array): void;
  /** The sound of a packet. @throws SttError `audio_undecodable` */
  decode(packet: Uint8Array, position: number): readonly Float32Array[];
  /** Converts a distance on the stream's clock to frames. */
  toFrames(granules: number): number;
  free(): void;
}
