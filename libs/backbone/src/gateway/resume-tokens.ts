import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SessionId } from '@verbatim/protocol';

/** As long as the hash: longer would add nothing. */
const SECRET_BYTES = 32;

/** What a token is made of and checked against. The secret stands in the session's record and nowhere else. */
export interface TokenKey {
  readonly sessionId: SessionId;
  readonly secret: string;
}

export function createTokenSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/**
 * Makes the token that goes to one connection of a session.
 * Shape: `<connection>.<base64url of HMAC-SHA-256>`. The same arguments give the same token, so no token has to be stored, and one that
 * Redis has forgotten giving (a failover took the resume back) is still recognised.
 * @see docs/adr/0008-resume-tokens-are-signed-numbers.md
 */
export function createResumeToken(key: TokenKey, connection: number): string {
  return `${connection}.${signatureOf(key, String(connection)).toString('base64url')}`;
}

/** The number of the connection that a genuine token was given to; `undefined` for any other text. */
export function verifyResumeToken(key: TokenKey, token: string): number | undefined {
  const [, number, signature] = /^([1-9]\d{0,14})\.([\w-]{43})$/.exec(token) ?? [];
  if (number === undefined || signature === undefined) return undefined;
  const isGenuine = timingSafeEqual(Buffer.from(signature, 'base64url'), signatureOf(key, number));
  return isGenuine ? Number(number) : undefined;
}

function signatureOf({ sessionId, secret }: TokenKey, number: string): Buffer {
  return createHmac('sha256', secret).update(`${sessionId}.${number}`).digest();
}
