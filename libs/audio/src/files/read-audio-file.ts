import { SttError } from '@verbatim/protocol';
import type { AudioFile } from './audio-file.ts';
import { containerName, detectContainer } from './container.ts';
import { readFlac } from './flac.ts';
import { readWav } from './wav.ts';

const SHOWN_BYTES = 4;

/**
 * Reads a whole audio file, WAV or FLAC, from its bytes.
 * @throws SttError `audio_unsupported` that says what was found and what is accepted; `audio_undecodable` for a damaged file.
 */
export async function readAudioFile(bytes: Uint8Array): Promise<AudioFile> {
  if (bytes.length === 0) throw new SttError('audio_undecodable', 'The file is empty: 0 bytes.');
  const container = detectContainer(bytes);
  switch (container) {
    case 'wav':
      return readWav(bytes);
    case 'flac':
      return readFlac(bytes);
    default: {
      const start = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
      const found =
        container === undefined ? `no known audio file (it begins with ${start})` : containerName(container);
      throw new SttError('audio_unsupported', `This is ${found}; accepted are WAV and FLAC, so convert it first.`);
    }
  }
}
