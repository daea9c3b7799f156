import { SttError } from '@verbatim/protocol';
import { containerName, type AudioContainer } from '../files/container.ts';
import type { CodecSet } from './codecs/codec-set.ts';
import type { MediaTrack, TrackStart } from './media-track.ts';
import { createFlacTrack } from './flac/flac-track.ts';
import { createOggTrack } from './ogg/ogg-track.ts';
import { createMp3Track } from './mp3/mp3-track.ts';
import { createWavTrack } from './wav/wav-track.ts';
import { createWebmTrack } from './webm/webm-track.ts';

const ACCEPTED_FILES = 'WAV, FLAC, MP3, Ogg with Opus or Vorbis, and WebM with Opus';

/** Opens a file of a kind. @throws SttError `audio_unsupported` for a kind that is not decoded here */
export function openTrack(container: AudioContainer, start: TrackStart, codecs: CodecSet): MediaTrack {
  switch (container) {
    case 'wav':
      codecs.release();
      return createWavTrack(start);
    case 'flac':
      return createFlacTrack(start, codecs.takeFlac());
    case 'ogg':
      return createOggTrack(start, codecs);
    case 'mp3':
      return createMp3Track(start, codecs.takeMpeg());
    case 'webm':
      return createWebmTrack(start, codecs.takeOpus());
    case 'mp4':
    case 'aac':
      throw aacFile(containerName(container));
  }
}

/** What is said of a file of another kind. */
export function unsupportedFile(found: string): SttError {
  return new SttError('audio_unsupported', `This is ${found}; accepted are ${ACCEPTED_FILES}, so convert it first.`);
}

function aacFile(found: string): SttError {
  return new SttError(
    'audio_unsupported',
    `This is ${found}, whose AAC only a server with ffmpeg reads; accepted everywhere are ${ACCEPTED_FILES}, so convert it first.`,
  );
}
