/** How long audio has been on the way to Redis, as one session sees it. */
export type StorageVerdict = 'ok' | 'degraded' | 'given_up';

export interface StorageBounds {
  readonly degradedAfterMs: number;
  readonly giveUpAfterMs: number;
}

/**
 * Notices that Redis takes no audio, whether the connection is down or only silent. Looked at once a round.
 *
 * Invariant: `given_up` only while audio is not being stored; a slow transcriber alone never gives it.
 */
export class StorageStall {
  #sinceMs: number | undefined;
  #lastStoredSample = -1;

  /** @param downSinceMs since when a connection to Redis is down, if one is */
  judge(
    position: { readonly appendedSample: number; readonly storedSample: number },
    times: { readonly nowMs: number; readonly downSinceMs: number | undefined },
    bounds: StorageBounds,
  ): StorageVerdict {
    const hasMoved = position.storedSample !== this.#lastStoredSample;
    this.#lastStoredSample = position.storedSample;
    const isWaiting = position.appendedSample > position.storedSample;
    if (hasMoved || !isWaiting) this.#sinceMs = undefined;
    if (isWaiting) this.#sinceMs ??= times.nowMs;
    const sinceMs = Math.min(this.#sinceMs ?? times.nowMs, times.downSinceMs ?? times.nowMs);
    const stalledMs = times.nowMs - sinceMs;
    if (stalledMs >= bounds.giveUpAfterMs) return 'given_up';
    return stalledMs >= bounds.degradedAfterMs ? 'degraded' : 'ok';
  }
}
