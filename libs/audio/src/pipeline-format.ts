/** Everything behind the gateway is 16 kHz signed 16-bit little-endian PCM, channels interleaved. */
export const PIPELINE_SAMPLE_RATE_HZ = 16_000;

/** 100 ms: the size of an audio entry in Redis and of a frame in the streaming policy. Units: samples per channel. */
export const CHUNK_SAMPLES = 1_600;

export const BYTES_PER_SAMPLE = 2;
