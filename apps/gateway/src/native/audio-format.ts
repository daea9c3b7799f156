import type { AudioFormat, MediaFormat } from '@verbatim/audio';
import type { SessionConfig } from '@verbatim/protocol';

/** Samples one after the other: no decoder is needed. */
export type RawFormat = AudioFormat & MediaFormat;

/** What a session's audio has to be decoded from. */
export function toMediaFormat({ encoding, sample_rate: sampleRateHz, channels }: SessionConfig): MediaFormat {
  return { encoding, sampleRateHz, channels };
}

export function isRaw(format: MediaFormat): format is RawFormat {
  return format.encoding !== 'opus' && format.encoding !== 'container';
}
