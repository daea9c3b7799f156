import { SttError } from '@verbatim/protocol';
import { LONGEST_MAGIC_BYTES, detectContainer, type AudioContainer } from '../files/container.ts';
import { createByteQueue } from './byte-queue.ts';
import type { CodecSet } from './codecs/codec-set.ts';
import type { DecodedBlock, MediaTrack, TrackStart } from './media-track.ts';
import { openTrack, unsupportedFile } from './open-track.ts';

/** A track that finds out from the first bytes what it is. */
export interface DetectingTrack extends MediaTrack {
  readonly container: AudioContainer | undefined;
}

/** All magics but those that repeat themselves a frame later. Units: bytes. */
const SHORT_MAGIC_BYTES = 12;

/** What such a magic begins with. */
const SYNC_BYTE = 0xff;

const SHOWN_BYTES = 4;

/** Creates the track of a file whose kind is in its first bytes. */
export function createDetectingTrack(codecs: CodecSet, start: TrackStart): DetectingTrack {
  const head = createByteQueue(start.clientBytes);
  let container: AudioContainer | undefined;
  let track: MediaTrack | undefined;

  const open = (found: AudioContainer | undefined, firstBytes: Uint8Array): MediaTrack => {
    if (found === undefined) throw unsupportedFile(firstBytesSentence(firstBytes));
    container = found;
    track = openTrack(found, start, codecs);
    return track;
  };

  return {
    get container() {
      return container;
    },
    get format() {
      return track?.format;
    },
    get setup() {
      return track?.setup ?? new Uint8Array(0);
    },
    *decode(bytes) {
      if (track !== undefined) {
        yield* track.decode(bytes);
        return;
      }
      head.append(bytes);
      const firstBytes = head.peek(LONGEST_MAGIC_BYTES);
      const found = detectContainer(firstBytes);
      if (found === undefined && mayBecomeClear(firstBytes)) return;
      yield* open(found, firstBytes).decode(head.take(head.length));
    },
    *end(): Generator<DecodedBlock> {
      if (track === undefined && head.length === 0) {
        throw new SttError('audio_undecodable', 'The file is empty: 0 bytes.');
      }
      const firstBytes = head.peek(LONGEST_MAGIC_BYTES);
      const opened = track ?? open(detectContainer(firstBytes), firstBytes);
      yield* opened.decode(head.take(head.length));
      yield* opened.end();
      if (opened.format === undefined) throw cutOff();
    },
    free() {
      codecs.release();
      track?.free();
    },
  };
}

function cutOff(): SttError {
  return new SttError('audio_undecodable', 'This audio file is cut off before any sound begins.');
}

function mayBecomeClear(firstBytes: Uint8Array): boolean {
  return firstBytes.length < (firstBytes[0] === SYNC_BYTE ? LONGEST_MAGIC_BYTES : SHORT_MAGIC_BYTES);
}

function firstBytesSentence(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `no known audio file (it begins with ${shown})`;
}
