/** The bounds of uploads; what happens at each is said beside it. Tests shorten the times. */
export interface ChunkLimits {
  /** Largest audio part: `message_too_big`. Units: bytes. */
  readonly maxUploadBytes: number;
  /** Longest audio that one upload may come to: `audio_too_long`. Units: seconds. */
  readonly longestChunkSeconds: number;
  /** Bytes of all uploads that this process holds at a time: a further one is `overloaded`. */
  readonly memoryBytes: number;
  /** Requests that this process works on or lets wait at a time: a further one is `overloaded`. */
  readonly mostRequests: number;
  /** How long a chunk waits for the one before it: then `chunk_out_of_order`. */
  readonly orderPatienceMs: number;
  /** How often it looks meanwhile. */
  readonly orderPollMs: number;
  /** How long an upload waits for room in Redis: then `overloaded`, and the client sends it again, which goes on behind what is stored. */
  readonly storePatienceMs: number;
  /** How often the end of a session is looked for while an answer waits for it: the channel may have lost the last message. */
  readonly lookMs: number;
  /** On shutdown the uploads that are under way get so long. */
  readonly drainMs: number;
}

export const DEFAULT_CHUNK_LIMITS: ChunkLimits = {
  maxUploadBytes: 26_214_400,
  longestChunkSeconds: 300,
  // Ten of the largest, hundreds of the usual ones: a chunk of a second is 32 kB.
  memoryBytes: 268_435_456,
  mostRequests: 500,
  // As long as a gap in a stream of frames is waited for (failures, row 14).
  orderPatienceMs: 2000,
  orderPollMs: 50,
  // With 10 s for the text it stays well under the minute after which load balancers give up.
  storePatienceMs: 20_000,
  lookMs: 1000,
  drainMs: 5000,
};
