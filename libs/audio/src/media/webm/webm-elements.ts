import { SttError } from '@verbatim/protocol';
import type { ByteQueue } from '../byte-queue.ts';
import { LONGEST_EBML_HEAD_BYTES, readEbmlHead, type EbmlHead } from './ebml.ts';
import { blockTrack } from './webm-block.ts';

/** An element that is needed, as a whole. */
export interface WebmElement {
  readonly kind: 'tracks' | 'block' | 'group';
  readonly data: Uint8Array;
  /** Place of its first byte. Units: bytes of the client's stream. */
  readonly position: number;
}

/** Elements that hold the others, entered and never measured: a live recording does not know their lengths. */
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;

const KINDS: Readonly<Record<number, WebmElement['kind']>> = {
  0x1654ae6b: 'tracks',
  0xa3: 'block',
  0xa0: 'group',
};

export const BLOCK_IN_GROUP = 0xa1;

/** No block of Opus and no list of tracks is longer; the blocks of a video may be. Units: bytes. */
const LONGEST_READ_BYTES = 262_144;

/** A block's track stands behind its head, and in a group behind two of them. Units: bytes. */
const TRACK_WITHIN_BYTES = 2 * LONGEST_EBML_HEAD_BYTES + 8;

/**
 * Reads the next needed element; `undefined` until it is whole. Everything else is passed over by its length, and not kept.
 * @param soundTrack the track whose blocks must not be passed over
 * @throws SttError `audio_undecodable` where no element begins
 */
export function readWebmElement(queue: ByteQueue, soundTrack: number | undefined): WebmElement | undefined {
  for (;;) {
    const { position } = queue;
    const head = readEbmlHead(queue.peek(LONGEST_EBML_HEAD_BYTES));
    if (head === 'broken') throw damagedWebm(position, 'no element begins');
    if (head === undefined) return undefined;
    const { id, headBytes, dataBytes } = head;
    if (id === SEGMENT || id === CLUSTER) {
      queue.skip(headBytes);
      continue;
    }
    if (!Number.isFinite(dataBytes)) throw damagedWebm(position, 'an element has no length');
    const kind = KINDS[id];
    if (kind !== undefined && dataBytes <= LONGEST_READ_BYTES) {
      if (queue.length < headBytes + dataBytes) return undefined;
      return { kind, position, data: queue.take(headBytes + dataBytes).subarray(headBytes) };
    }
    if (kind !== undefined) {
      const beginning = queue.peek(TRACK_WITHIN_BYTES);
      if (beginning.length < TRACK_WITHIN_BYTES) return undefined;
      refuseLong(kind, beginning.subarray(headBytes), { position, soundTrack });
    }
    queue.skip(headBytes + dataBytes);
  }
}

/** What is too long to be read is passed over only when it belongs to another track. */
function refuseLong(
  kind: WebmElement['kind'],
  beginning: Uint8Array,
  { position, soundTrack }: { readonly position: number; readonly soundTrack: number | undefined },
): void {
  const block = kind === 'group' ? insideGroup(beginning) : beginning;
  if (kind !== 'tracks' && blockTrack(block) !== soundTrack) return;
  throw damagedWebm(position, 'an element is too long to be what it says');
}

function insideGroup(beginning: Uint8Array): Uint8Array {
  const child: EbmlHead | 'broken' | undefined = readEbmlHead(beginning);
  const isBlock = child !== undefined && child !== 'broken' && child.id === BLOCK_IN_GROUP;
  return isBlock ? beginning.subarray(child.headBytes) : new Uint8Array(0);
}

export function damagedWebm(position: number, what: string): SttError {
  return new SttError('audio_undecodable', `This WebM file is damaged: at byte ${position} ${what}.`);
}
