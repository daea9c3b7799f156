import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { TranscodedKind } from './transcoders.ts';

/** The demuxer is named, so that no playlist or list of files is ever taken for one, whatever the bytes say. */
const DEMUXERS: Readonly<Record<TranscodedKind, string>> = { mp4: 'mov', aac: 'aac' };

/** Fails for a file of one channel; ffmpeg alone would double it. */
const TWO_CHANNELS_NEEDED = ['-af', 'channelmap=map=0|1:channel_layout=stereo'];

/**
 * What ffmpeg is asked for: the file on its input, 16 kHz samples on its output, nothing else opened. Most MP4 files have their index at the
 * end; `cache:` keeps what was read, in a file without a name, so that ffmpeg can go back to the sound.
 */
export function ffmpegArguments(kind: TranscodedKind, channels: number): readonly string[] {
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1'],
    ...['-protocol_whitelist', 'cache,pipe', '-f', DEMUXERS[kind], '-i', 'cache:pipe:0'],
    ...['-map', '0:a:0', ...(channels === 1 ? [] : TWO_CHANNELS_NEEDED)],
    ...['-f', 's16le', '-ar', String(PIPELINE_SAMPLE_RATE_HZ), '-ac', String(channels), 'pipe:1'],
  ];
}

/** What ffmpeg says when there are fewer channels than asked for. */
export function lacksChannel(complaint: string): boolean {
  return complaint.includes('not available from input layout');
}
