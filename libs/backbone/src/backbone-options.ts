/** How to reach Redis and how long things live. Every duration in milliseconds. */
export interface BackboneOptions {
  /**
   * `redis://[user:password@]host:port` · `redis+sentinel://[user:password@]host:port[,host:port …]/master-name` ·
   * `redis+cluster://[user:password@]host:port[,host:port …]`; with `rediss` in place of `redis` over TLS.
   */
  readonly redisUrl: string;
  /** First part of every key; tests use a unique one. Default `stt`. */
  readonly keyPrefix?: string;
  /** Shards that new sessions are spread over, 1–100. Default 16. */
  readonly shards?: number;
  /** A transcriber that has not renewed for so long has lost its sessions. Default 2000. */
  readonly leaseMs?: number;
  /** How long a session without a connection can be resumed. Default 300 000. */
  readonly resumeWindowMs?: number;
  /** How long record and log of an ended session stay readable. Default 300 000. */
  readonly retentionMs?: number;
  /** How much longer than a session's wait its keys live, so that the reaper finds them; without any reaper they go then. Default 120 000. */
  readonly reaperSlackMs?: number;
  /** Unacknowledged audio per session before the writer reports pressure. Default 65 536 bytes. */
  readonly writeWindowBytes?: number;
  /** Audio waiting in Redis per session before the writer reports pressure. Default 60 s, in samples at 16 kHz. */
  readonly backlogCapSamples?: number;
  /** A subscriber connection that heard nothing for so long asks itself for a sign of life. Default 10 000. */
  readonly probeIntervalMs?: number;
  /** Told of connection changes and of what went wrong, for logs and health; never of audio or text. */
  readonly onEvent?: (event: BackboneEvent) => void;
}

export type BackboneEvent =
  | { readonly type: 'connected'; readonly connection: string }
  | { readonly type: 'disconnected'; readonly connection: string; readonly reason: string }
  | { readonly type: 'subscription_silent'; readonly silentMs: number }
  /** Redis answers but refuses to store audio (out of memory, read-only …); the audio waits and is offered again. */
  | { readonly type: 'storage_refused'; readonly reason: string }
  | { readonly type: 'log_gap_filled'; readonly sessionId: string; readonly messages: number };
