import { SttError } from '@verbatim/protocol';
import { startsWith } from '../../files/container.ts';
import type { ByteQueue } from '../byte-queue.ts';
import { oggCrc } from '../crc.ts';

/** One page of an Ogg file (RFC 3533). */
export interface OggPage {
  /** Units: bytes of the client's stream. */
  readonly position: number;
  readonly serial: number;
  readonly sequence: number;
  /** End of the last packet that ends here, in the codec's units; `undefined` when none ends. */
  readonly granule: number | undefined;
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Lengths of the pieces; one of 255 goes on in the next. */
  readonly segments: Uint8Array;
  readonly body: Uint8Array;
}

const CAPTURE = [0x4f, 0x67, 0x67, 0x53];
const HEADER_BYTES = 27;
const FLAGS_AT = 5;
const GRANULE_AT = 6;
const SERIAL_AT = 14;
const SEQUENCE_AT = 18;
const CHECK_AT = 22;
const SEGMENTS_AT = 26;

const NO_PACKET_ENDS = -1n;

/**
 * Reads the next page; `undefined` until it is whole.
 * @throws SttError `audio_undecodable` where no page begins, or its check is wrong: what it held is lost, and nobody could say how much
 */
export function readOggPage(queue: ByteQueue): OggPage | undefined {
  const head = queue.peek(HEADER_BYTES);
  if (head.length >= CAPTURE.length && !startsWith(head, 0, CAPTURE))
    throw damagedOgg(queue.position, 'no page begins');
  const segmentCount = head[SEGMENTS_AT];
  if (segmentCount === undefined) return undefined;
  const segments = queue.peek(HEADER_BYTES + segmentCount).slice(HEADER_BYTES);
  if (segments.length < segmentCount) return undefined;
  const bodyAt = HEADER_BYTES + segmentCount;
  const pageBytes = segments.reduce((sum, length) => sum + length, bodyAt);
  if (queue.length < pageBytes) return undefined;
  const { position } = queue;
  const bytes = queue.take(pageBytes);
  const view = new DataView(bytes.buffer);
  if (oggCrc(bytes, CHECK_AT) !== view.getUint32(CHECK_AT, true))
    throw damagedOgg(position, 'the check of the page is wrong');
  const granule = view.getBigInt64(GRANULE_AT, true);
  const flags = view.getUint8(FLAGS_AT);
  return {
    position,
    serial: view.getUint32(SERIAL_AT, true),
    sequence: view.getUint32(SEQUENCE_AT, true),
    granule: granule === NO_PACKET_ENDS ? undefined : Number(granule),
    isContinued: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    segments,
    body: bytes.subarray(bodyAt),
  };
}

export function damagedOgg(position: number, what: string): SttError {
  return new SttError('audio_undecodable', `This Ogg file is damaged: at byte ${position} ${what}.`);
}
