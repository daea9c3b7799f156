const MICROSECOND_DIGITS = '000';

/** ISO-8601 in UTC without a zone letter, six decimals: `2025-09-19T18:14:07.128000`, the historic form of `transcription`. */
export function toIsoTimestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', MICROSECOND_DIGITS);
}
