import type { SessionConfig } from '@verbatim/protocol';

/** How much audio a stream keeps, in time and in bytes of its own encoding. */
export interface AudioBounds {
  readonly keepBytes: number;
  readonly mostUnacknowledgedBytes: number;
}

export interface AudioTimes {
  /** Acknowledged audio that is kept, since a failover of Redis can take an acknowledgement back. */
  readonly keepMs: number;
  /** Audio without acknowledgement, at which `sendAudio` waits. */
  readonly mostUnacknowledgedMs: number;
}

const BYTES_PER_SAMPLE: Readonly<Record<string, number>> = { pcm_s16le: 2, pcm_f32le: 4, mulaw: 1, alaw: 1 };

/** The most that Opus takes: 510 kbit/s. */
const OPUS_BYTES_PER_SECOND = 64_000;

/** A container may hold anything; this is 48 kHz stereo of 32-bit samples. */
const CONTAINER_BYTES_PER_SECOND = 384_000;

const DEFAULT_SAMPLE_RATE_HZ = 16_000;

/** The rate of the audio, or the highest it can have where the encoding leaves it open. Units: bytes per second. */
export function bytesPerSecondOf(config: Partial<SessionConfig>): number {
  const { encoding = 'pcm_s16le', sample_rate: sampleRateHz = DEFAULT_SAMPLE_RATE_HZ, channels = 1 } = config;
  if (encoding === 'opus') return OPUS_BYTES_PER_SECOND;
  const bytesPerSample = BYTES_PER_SAMPLE[encoding];
  return bytesPerSample === undefined ? CONTAINER_BYTES_PER_SECOND : bytesPerSample * sampleRateHz * channels;
}

/** Computes the bounds; 16 kHz of 16-bit samples and 30 s each are 0.96 MB each. */
export function audioBounds(config: Partial<SessionConfig>, times: AudioTimes): AudioBounds {
  const perSecond = bytesPerSecondOf(config);
  return {
    keepBytes: Math.ceil((times.keepMs / 1000) * perSecond),
    mostUnacknowledgedBytes: Math.ceil((times.mostUnacknowledgedMs / 1000) * perSecond),
  };
}
