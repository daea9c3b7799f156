import type { ClaimedSession, TranscriberSide } from '@verbatim/backbone';

/**
 * A full process waits so long before it claims, an empty one not at all: the replica with the most room is first, and sessions
 * spread without anybody dealing them out. Long against a claim's round trip, short against a person's patience. Units: milliseconds.
 */
const FULL_LOAD_WAIT_MS = 60;

/** At most this share of the capacity at a time: a storm of sessions is taken in turns with the other replicas. */
const BATCH_SHARE = 1 / 8;
const SMALLEST_BATCH = 4;

export interface ClaimLoopOptions {
  readonly claim: (limit: number) => Promise<readonly ClaimedSession[]>;
  readonly onWork: TranscriberSide['onWork'];
  readonly onClaimed: (session: ClaimedSession) => void;
  readonly capacity: number;
  /** Sessions held right now. */
  readonly held: () => number;
  /** Polls as well as being woken: a wake-up may be lost, and a lease that runs out wakes nobody. */
  readonly pollMs: number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly onClaimFailed: (error: unknown) => void;
}

/** Takes sessions that are nobody's while there is room. */
export interface ClaimLoop {
  /** Claims nothing more; resolves when no claim is in flight. */
  stop(): Promise<void>;
}

export function startClaimLoop(options: ClaimLoopOptions): ClaimLoop {
  let cancel: (() => void) | undefined;
  let claiming: Promise<void> | undefined;
  let isWoken = false;
  let isStopped = false;

  const load = (): number => options.held() / options.capacity;

  /** A poll lies between half and one and a half of its period, so that replicas which started together drift apart. */
  const pollDelayMs = (): number => options.pollMs * (0.5 + options.random());

  function plan(delayMs: number): void {
    cancel?.();
    cancel = isStopped ? undefined : options.after(delayMs, attempt);
  }

  function attempt(): void {
    isWoken = false;
    claiming ??= claimOnce()
      .then((isMoreLikely) => isMoreLikely || isWoken)
      .catch((error: unknown) => {
        options.onClaimFailed(error);
        return false;
      })
      .then((isAgain) => {
        claiming = undefined;
        plan(isAgain ? load() * FULL_LOAD_WAIT_MS : pollDelayMs());
      });
  }

  async function claimOnce(): Promise<boolean> {
    const free = options.capacity - options.held();
    const limit = Math.min(free, Math.max(SMALLEST_BATCH, Math.ceil(options.capacity * BATCH_SHARE)));
    if (limit <= 0) return false;
    const claimed = await options.claim(limit);
    for (const session of claimed) options.onClaimed(session);
    return claimed.length === limit;
  }

  options.onWork(() => {
    if (isWoken) return;
    isWoken = true;
    if (claiming === undefined) plan(load() * FULL_LOAD_WAIT_MS);
  });
  plan(0);

  return {
    async stop() {
      isStopped = true;
      cancel?.();
      await claiming;
    },
  };
}
