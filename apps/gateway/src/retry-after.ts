/** Who is refused comes back within this span: soon enough for a person who waits, and not all in one instant. */
const FROM_MS = 1000;
const TO_MS = 10_000;

/**
 * A time to come back, spread over 1 to 10 s.
 * @param random from 0 to 1
 */
export function spreadRetryMs(random: number = Math.random()): number {
  return Math.round(FROM_MS + random * (TO_MS - FROM_MS));
}
