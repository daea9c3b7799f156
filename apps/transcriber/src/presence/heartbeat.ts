import type { Presence } from '@verbatim/backbone';
import type { NodeRecord } from '@verbatim/protocol';

/** A record lives 10 s: two heartbeats may be lost before the fleet takes this process for gone. Units: milliseconds. */
const HEARTBEAT_MS = 3000;

export interface HeartbeatOptions {
  readonly backbone: Pick<Presence, 'heartbeat' | 'leave'>;
  readonly nodeId: string;
  readonly describe: () => NodeRecord;
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/** Keeps this process's record in Redis fresh. */
export interface Heartbeat {
  /** Writes the record now; it has changed. */
  beat(): Promise<void>;
  /** Stops and takes the record away. */
  stop(): Promise<void>;
}

/** Resolves once the record is there for the first time. @throws SttError `storage_unavailable` */
export async function startHeartbeat(options: HeartbeatOptions): Promise<Heartbeat> {
  let cancel: () => void = () => undefined;
  let isStopped = false;

  const beat = (): Promise<void> => options.backbone.heartbeat(options.nodeId, options.describe());

  function plan(): void {
    if (isStopped) return;
    cancel = options.after(HEARTBEAT_MS, () => {
      // A lost beat is made good by the next; the connection's own events tell that Redis is away.
      void beat()
        .catch(() => undefined)
        .then(plan);
    });
  }

  await beat();
  plan();
  return {
    beat,
    async stop() {
      isStopped = true;
      cancel();
      await options.backbone.leave(options.nodeId);
    },
  };
}
