declare const brand: unique symbol;
type Brand<Base, Name> = Base & { readonly [brand]: Name };

/** `s<shard>-<32 hex digits>`, for example `s07-9f…`: the id carries its shard, so every key of a session is in one slot. */
export type SessionId = Brand<string, 'SessionId'>;

/** Number of a durable message in its session: 1, 2, 3 …; 0 means none yet. */
export type Seq = Brand<number, 'Seq'>;

/** Increases by one at each claim of a session; a write under an older fence is refused. */
export type Fence = Brand<number, 'Fence'>;

const SESSION_ID = /^s(\d{2})-[0-9a-f]{32}$/;
const SESSION_ID_RANDOM_BYTES = 16;

export function isSessionId(value: string): value is SessionId {
  return SESSION_ID.test(value);
}

/** Builds an id from 16 random bytes. Core has no randomness of its own: the caller brings it. */
export function createSessionId(shard: number, randomBytes: Uint8Array): SessionId {
  if (!Number.isInteger(shard) || shard < 0 || shard > 99) throw new RangeError(`shard must be 0–99, got ${shard}`);
  if (randomBytes.length !== SESSION_ID_RANDOM_BYTES) throw new RangeError('a session id takes 16 random bytes');
  const hex = Array.from(randomBytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `s${formatShard(shard)}-${hex}` as SessionId;
}

/** The two digits of the session's shard, as they stand inside the hash tag: `07`. */
export function shardOf(id: SessionId): string {
  return id.slice(1, 3);
}

export function formatShard(shard: number): string {
  return String(shard).padStart(2, '0');
}
