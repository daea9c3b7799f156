import { AUDIO_CONTAINERS, type AudioContainer } from '../files/container.ts';

/** What one decoder leaves to the next: the file's kind and place in the session, and what its track needs. */
export interface RestartHeader {
  readonly container: AudioContainer;
  /** Place of the file's first byte. Units: bytes of the client's stream. */
  readonly fileStartBytes: number;
  /** Place of the file's first sound. Units: frames at the file's own rate since the session began. */
  readonly fileStartFrame: number;
  readonly setup: Uint8Array;
}

const VERSION = 1;

/** Layout: version, container (one byte each), bytes and frame (doubles: both may pass 32 bits), then the setup. */
const CONTAINER_AT = 1;
const FILE_BYTES_AT = 2;
const FILE_FRAME_AT = 10;
const SETUP_AT = 18;

/** What a session keeps of a file's beginning. Units: bytes. */
export const LARGEST_HEADER_BYTES = 65_536;

/** Room for the setup inside {@link LARGEST_HEADER_BYTES}. */
export const LARGEST_SETUP_BYTES = LARGEST_HEADER_BYTES - SETUP_AT;

/** Writes the header. */
export function encodeRestartHeader(header: RestartHeader): Uint8Array {
  const bytes = new Uint8Array(SETUP_AT + header.setup.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  bytes[CONTAINER_AT] = AUDIO_CONTAINERS.indexOf(header.container);
  view.setFloat64(FILE_BYTES_AT, header.fileStartBytes);
  view.setFloat64(FILE_FRAME_AT, header.fileStartFrame);
  bytes.set(header.setup, SETUP_AT);
  return bytes;
}

/** Reads the header. @throws RangeError for bytes that `encodeRestartHeader` did not write */
export function decodeRestartHeader(bytes: Uint8Array): RestartHeader {
  const container = AUDIO_CONTAINERS[bytes[CONTAINER_AT] ?? AUDIO_CONTAINERS.length];
  if (bytes[0] !== VERSION || container === undefined || bytes.length < SETUP_AT) {
    throw new RangeError('this is no header of packed audio, or one of another version');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    container,
    fileStartBytes: view.getFloat64(FILE_BYTES_AT),
    fileStartFrame: view.getFloat64(FILE_FRAME_AT),
    setup: bytes.slice(SETUP_AT),
  };
}
