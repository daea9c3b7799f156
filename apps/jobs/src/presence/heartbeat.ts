import type { ReaperSide } from '@verbatim/backbone';
import type { NodeRecord } from '@verbatim/protocol';
import type { After } from '../timers.ts';

/** A record lives 10 s: two heartbeats may be lost before the fleet takes this process for gone. Units: milliseconds. */
const HEARTBEAT_MS = 3000;

export interface HeartbeatOptions {
  readonly backbone: Pick<ReaperSide, 'heartbeat' | 'leave'>;
  readonly nodeId: string;
  readonly describe: () => NodeRecord;
  readonly after: After;
}

/** Keeps this process's record in Redis fresh. */
export interface Heartbeat {
  /** Stops and takes the record away; without Redis it goes by itself. */
  stop(): Promise<void>;
}

/** Resolves once the record is there for the first time. @throws SttError `storage_unavailable` */
export async function startHeartbeat({ backbone, nodeId, describe, after }: HeartbeatOptions): Promise<Heartbeat> {
  let cancel: () => void = () => undefined;
  let isStopped = false;
  const plan = (): void => {
    if (isStopped) return;
    // A lost beat is made good by the next; the connection's own events tell that Redis is away.
    const beat = (): void => void backbone.heartbeat(nodeId, describe()).then(plan, plan);
    cancel = after(HEARTBEAT_MS, beat);
  };

  await backbone.heartbeat(nodeId, describe());
  plan();
  return {
    async stop() {
      isStopped = true;
      cancel();
      await backbone.leave(nodeId).catch(() => undefined);
    },
  };
}
