import type { TranscriberSide } from '@verbatim/backbone';
import type { Fence, SessionId } from '@verbatim/protocol';

/** Four renewals in a lease's life: three may fail before it is lost. */
const RENEWALS_PER_LEASE = 4;

export interface HeldLease {
  readonly sessionId: SessionId;
  readonly fence: Fence;
}

export interface LeaseKeeperOptions {
  readonly renewLeases: TranscriberSide['renewLeases'];
  readonly held: () => readonly HeldLease[];
  readonly leaseMs: number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly onLost: (lease: HeldLease) => void;
  readonly onRenewFailed: (error: unknown) => void;
}

/** Renews the leases of all held sessions in one call. */
export interface LeaseKeeper {
  stop(): void;
}

export function startLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  const periodMs = options.leaseMs / RENEWALS_PER_LEASE;
  let cancel: () => void;
  let isStopped = false;

  async function renew(): Promise<void> {
    const held = options.held();
    if (held.length === 0) return;
    try {
      const lost = new Set(await options.renewLeases(held));
      // By the leases that were asked for: a session may have been claimed again, under a new fence, while this was under way.
      for (const lease of held) if (lost.has(lease.sessionId)) options.onLost(lease);
    } catch (error) {
      options.onRenewFailed(error);
    }
  }

  function plan(): void {
    cancel = options.after(periodMs, () => {
      void renew().then(() => {
        if (!isStopped) plan();
      });
    });
  }

  plan();
  return {
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
