import { SttError } from '@verbatim/protocol';
import { MP3_HEADER_BYTES, readMp3FrameHeader, type Mp3FrameHeader } from '../../files/mp3-frame-header.ts';
import type { ByteQueue } from '../byte-queue.ts';
import { mp3TagBytes } from './mp3-tags.ts';

export interface Mp3Frame {
  readonly header: Mp3FrameHeader;
  readonly bytes: Uint8Array;
  /** Units: bytes of the client's stream. */
  readonly position: number;
}

/** Cuts a stream into frames; tags between them are passed over. */
export interface Mp3Framer {
  /**
   * The next frame.
   * @throws SttError `audio_undecodable` for foreign bytes between frames: sound may have been there
   */
  next(isEnd: boolean): Mp3Frame | undefined;
}

/** What may lie before the first frame, as padding, or behind the last, as a tag of a kind that nobody knows. Units: bytes. */
const MOST_FOREIGN_BYTES = 65_536;

/** Units: bytes. */
const LONGEST_TAG_HEAD_BYTES = 32;

/** A frame is at most 2881 bytes (MPEG-2.5, 160 kbit/s at 8 kHz); its follower's header is looked at too. Units: bytes. */
const LONGEST_PAIR_BYTES = 4_096;

/** @param first the header of the file's frames, when another decoder has seen it */
export function createMp3Framer(queue: ByteQueue, first?: Mp3FrameHeader): Mp3Framer {
  let expected = first;
  let foreignBytes = 0;

  /** A frame like the others; the very first one, and one behind foreign bytes, is believed when another follows it. */
  const headerHere = (isEnd: boolean): Mp3FrameHeader | undefined | 'more' => {
    const bytes = queue.peek(LONGEST_PAIR_BYTES);
    const header = readMp3FrameHeader(bytes, 0);
    if (header === undefined || (expected !== undefined && !isAlike(header, expected))) return undefined;
    if (expected !== undefined && foreignBytes === 0) return header;
    if (header.frameBytes + MP3_HEADER_BYTES > bytes.length) {
      if (!isEnd) return 'more';
      return expected === undefined ? header : undefined;
    }
    const follower = readMp3FrameHeader(bytes, header.frameBytes);
    return follower !== undefined && isAlike(follower, header) ? header : undefined;
  };

  /** Passes over tags, and over padding before the first frame; `false` when more bytes are needed. */
  const skipForeign = (): boolean => {
    const tagBytes = mp3TagBytes(queue.peek(LONGEST_TAG_HEAD_BYTES));
    if (tagBytes === 'more') return false;
    if (tagBytes > 0) {
      queue.skip(tagBytes);
      return true;
    }
    foreignBytes += 1;
    if (foreignBytes > MOST_FOREIGN_BYTES) throw damaged(queue.position);
    queue.skip(1);
    return true;
  };

  return {
    next(isEnd) {
      for (;;) {
        if (queue.length < MP3_HEADER_BYTES) return undefined;
        const header = headerHere(isEnd);
        if (header === 'more') return undefined;
        if (header === undefined) {
          if (skipForeign()) continue;
          return undefined;
        }
        if (queue.length < header.frameBytes) return undefined;
        if (expected !== undefined && foreignBytes > 0) throw damaged(queue.position - foreignBytes);
        expected = header;
        foreignBytes = 0;
        const { position } = queue;
        return { header, bytes: queue.take(header.frameBytes), position };
      }
    },
  };
}

function isAlike(one: Mp3FrameHeader, other: Mp3FrameHeader): boolean {
  return one.sampleRateHz === other.sampleRateHz && one.channels === other.channels;
}

function damaged(position: number): SttError {
  return new SttError('audio_undecodable', `This MP3 file is damaged: at byte ${position} no frame begins.`);
}
