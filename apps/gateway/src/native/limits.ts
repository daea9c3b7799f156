/** The bounds of one native connection; what happens at each is said beside it. Tests shorten the times. */
export interface NativeLimits {
  /** Connections of this process; a further one is accepted, told `overloaded`, and closed. */
  readonly maxConnections: number;
  /** Neither audio nor keepalive for so long: `idle_timeout`. */
  readonly idleTimeoutMs: number;
  /** Largest binary frame: `message_too_big`. */
  readonly maxBinaryBytes: number;
  /** Largest frame of any kind, enforced by ws before it is in memory: close 1009. */
  readonly maxMessageBytes: number;
  /** Fragments of one message, enforced by ws: close 1008. */
  readonly maxFragments: number;
  /** Most audio of a session that sends a file or packets, whatever they claim to be: `audio_too_long`. Units: seconds. */
  readonly longestPackedSeconds: number;
  readonly pingIntervalMs: number;
  /** A pong that is missing for so long: the client does not read, only the newest interim is kept. */
  readonly slowPongMs: number;
  /** Nothing heard for so long after a ping: `ping_timeout`. */
  readonly pongTimeoutMs: number;
  /** More than this waits in our socket buffer: only the newest interim is kept. */
  readonly congestedBytes: number;
  /** More than this waits in our socket buffer: `slow_consumer`. */
  readonly overflowBytes: number;
  /** A closing handshake that takes longer is cut. */
  readonly closeTimeoutMs: number;
  /** Storage that takes no audio for so long is told to the client as `degraded`. */
  readonly degradedAfterMs: number;
  /** Storage that takes no audio for so long ends the connection: `storage_unavailable`. */
  readonly giveUpAfterMs: number;
  /** How often the keys of the connected sessions are kept alive, and those that are gone are found. */
  readonly keepAliveIntervalMs: number;
  /** How often each connection is looked at: acknowledgements, pings, idleness. */
  readonly roundMs: number;
}

/** 64 KiB is the protocol's largest `chunk_size`; the same as base64 in JSON fits into 128 KiB. */
export const MAX_BINARY_BYTES = 65_536;
const MAX_MESSAGE_BYTES = 131_072;

export const DEFAULT_NATIVE_LIMITS: NativeLimits = {
  maxConnections: 5000,
  idleTimeoutMs: 300_000,
  maxBinaryBytes: MAX_BINARY_BYTES,
  maxMessageBytes: MAX_MESSAGE_BYTES,
  // Audio frames are never fragmented; without a bound tiny fragments exhaust the memory (CVE-2026-48779).
  maxFragments: 16,
  // Longer than a meeting; 24 h of silence fit into a megabyte.
  longestPackedSeconds: 14_400,
  pingIntervalMs: 15_000,
  // Longer than any round trip of a client that reads.
  slowPongMs: 2000,
  pongTimeoutMs: 10_000,
  congestedBytes: 262_144,
  overflowBytes: 1_048_576,
  closeTimeoutMs: 2000,
  degradedAfterMs: 1000,
  giveUpAfterMs: 10_000,
  // The backbone asks for at most 60 s. A client that sends nothing learns within this time that its stored session is gone.
  keepAliveIntervalMs: 10_000,
  roundMs: 1000,
};
