import { SttError } from '@verbatim/protocol';
import { startsWith } from '../../files/container.ts';
import type { ByteQueue } from '../byte-queue.ts';
import { crc16Next } from '../crc.ts';
import { ID3_V1, ID3_V1_BYTES } from '../mp3/mp3-tags.ts';
import {
  LONGEST_FLAC_HEADER_BYTES,
  isFlacSync,
  readFlacFrameHeader,
  type FlacFrameHeader,
} from './flac-frame-header.ts';

/** One whole frame whose check is right. */
export interface FlacFrame {
  readonly header: FlacFrameHeader;
  readonly bytes: Uint8Array;
  /** Units: bytes of the client's stream. */
  readonly position: number;
}

/** Cuts a stream into frames. A frame does not say how long it is: it ends where its check is right and another one begins. */
export interface FlacFramer {
  /**
   * The next frame. At the end of the stream what is left is one, or none.
   * @throws SttError `audio_undecodable` where no frame begins, or one does not end
   */
  next(isEnd: boolean): FlacFrame | undefined;
}

const CHECK_BYTES = 2;

/** A sample takes at most 33 bits, and what surrounds them in a frame far less than the rest. Units: bytes per sample, bytes. */
const LARGEST_SAMPLE_BYTES = 5;
const LARGEST_SURROUNDING_BYTES = 1_024;

interface OpenFrame {
  readonly header: FlacFrameHeader;
  /** Bytes that were looked at, and the check over them. */
  scanned: number;
  check: number;
}

export function createFlacFramer(queue: ByteQueue): FlacFramer {
  let open: OpenFrame | undefined;

  const close = (frame: OpenFrame, length: number): FlacFrame => {
    const { position } = queue;
    open = undefined;
    return { header: frame.header, bytes: queue.take(length), position };
  };

  /** Length of the frame, or `undefined` while it may go on. */
  const scan = (frame: OpenFrame, bytes: Uint8Array, isEnd: boolean): number | undefined => {
    const last = isEnd ? bytes.length - tagBytes(bytes) : bytes.length - LONGEST_FLAC_HEADER_BYTES;
    for (; frame.scanned < last; frame.scanned += 1) {
      const at = frame.scanned;
      if (frame.check === 0 && at > frame.header.headerBytes + CHECK_BYTES) {
        const follows = bytes.subarray(at, at + LONGEST_FLAC_HEADER_BYTES);
        if (isFlacSync(follows[0], follows[1]) && readFlacFrameHeader(follows) !== undefined) return at;
      }
      frame.check = crc16Next(frame.check, bytes[at] as number);
    }
    // At the end, what is left is a whole frame, or one that was cut off.
    return isEnd && frame.check === 0 ? last : undefined;
  };

  return {
    next(isEnd) {
      if (open === undefined) {
        const head = queue.peek(LONGEST_FLAC_HEADER_BYTES);
        if (head.length === 0 || (head.length < LONGEST_FLAC_HEADER_BYTES && !isEnd)) return undefined;
        const header = readFlacFrameHeader(head);
        if (header === undefined) {
          if (isEnd) return undefined;
          throw damaged(queue.position);
        }
        open = { header, scanned: 0, check: 0 };
      }
      const largest =
        open.header.blockSamples * open.header.channels * LARGEST_SAMPLE_BYTES + LARGEST_SURROUNDING_BYTES;
      const bytes = queue.peek(largest);
      const length = scan(open, bytes, isEnd);
      if (length !== undefined) return close(open, length);
      if (bytes.length === largest || (isEnd && hasLaterFrame(bytes))) throw damaged(queue.position);
      return undefined;
    },
  };
}

/** Some programs put a tag of 128 bytes behind any file, as behind an MP3. */
function tagBytes(end: Uint8Array): number {
  return startsWith(end, end.length - ID3_V1_BYTES, ID3_V1) ? ID3_V1_BYTES : 0;
}

/** Whether another frame begins after the first: then it was not the end of the file that cut this one off. */
function hasLaterFrame(bytes: Uint8Array): boolean {
  for (let at = 1; at < bytes.length; at += 1) {
    if (!isFlacSync(bytes[at], bytes[at + 1])) continue;
    if (readFlacFrameHeader(bytes.subarray(at, at + LONGEST_FLAC_HEADER_BYTES)) !== undefined) return true;
  }
  return false;
}

function damaged(position: number): SttError {
  return new SttError('audio_undecodable', `This FLAC file is damaged: the frame at byte ${position} cannot be read.`);
}
