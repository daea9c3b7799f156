import { containerName, detectContainer, type AudioContainer, type AudioFormat } from '@verbatim/audio';
import { SttError } from '@verbatim/protocol';

/** Looks at the first bytes of raw audio: a whole file sent as samples would come out as noise, and nobody would know why. */
export interface AudioSuspicion {
  /** @throws SttError `audio_undecodable` as soon as the bytes so far begin like a file */
  examine(bytes: Uint8Array): void;
}

/** What `detectContainer` needs at the most: 12 bytes for most files, two frames' headers for an MP3 without a tag. */
const HEAD_BYTES = 4096;

/** @param startBytes where the connection's audio begins: only at the very beginning can a file's header be */
export function createAudioSuspicion({ encoding }: AudioFormat, startBytes: number): AudioSuspicion {
  let head: Uint8Array | undefined = startBytes === 0 ? new Uint8Array(0) : undefined;
  return {
    examine(bytes) {
      if (head === undefined) return;
      head = joined(head, bytes.subarray(0, HEAD_BYTES - head.length));
      const container = detectContainer(head);
      if (container !== undefined) throw looksLikeFile(container, encoding);
      if (head.length >= HEAD_BYTES) head = undefined;
    },
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Files that cannot be decoded as they arrive. */
const NOT_AS_THEY_ARRIVE: readonly AudioContainer[] = ['mp4', 'aac'];

function looksLikeFile(container: AudioContainer, encoding: string): SttError {
  const advice = NOT_AS_THEY_ARRIVE.includes(container)
    ? 'decode the file first and send its samples, or upload it'
    : 'open the session with encoding=container';
  return new SttError(
    'audio_undecodable',
    `The audio was announced as ${encoding} and begins like ${containerName(container)}: ${advice}.`,
    { field: 'encoding' },
  );
}
