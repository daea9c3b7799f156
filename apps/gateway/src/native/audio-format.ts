import type { AudioFormat } from '@verbatim/audio';
import { SttError, type SessionConfig } from '@verbatim/protocol';

/** Raw encodings that are turned into 16 kHz PCM here. */
const RAW_ENCODINGS: readonly AudioFormat['encoding'][] = ['pcm_s16le', 'pcm_f32le', 'mulaw', 'alaw'];

/**
 * What the intake has to decode.
 * @throws SttError `audio_unsupported` naming the encodings that are taken
 */
export function toAudioFormat(config: SessionConfig): AudioFormat {
  const encoding = RAW_ENCODINGS.find((known) => known === config.encoding);
  if (encoding === undefined) {
    throw new SttError(
      'audio_unsupported',
      `Encoding ${config.encoding} is not taken by this version: decode it first and send one of ${RAW_ENCODINGS.join(', ')}.`,
      { field: 'encoding' },
    );
  }
  return { encoding, sampleRateHz: config.sample_rate, channels: config.channels };
}
