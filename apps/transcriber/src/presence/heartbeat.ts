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
  /**
   * Writes the record now if this process has become full or free since it was last written. Call it as often as a record may be
   * written at the most: a full process that waits for its next beat is sent sessions for seconds.
   */
  look(): void;
  /** Stops and takes the record away. */
  stop(): Promise<void>;
}

/** Resolves once the record is there for the first time. @throws SttError `storage_unavailable` */
export async function startHeartbeat(options: HeartbeatOptions): Promise<Heartbeat> {
  let cancel: () => void = () => undefined;
  let isStopped = false;
  let wasAccepting = true;

  function beat(): Promise<void> {
    const record = options.describe();
    wasAccepting = isAccepting(record);
    return options.backbone.heartbeat(options.nodeId, record);
  }

  // A lost beat is made good by the next; the connection's own events tell that Redis is away.
  const tryBeat = (): Promise<void> => beat().catch(() => undefined);

  function plan(): void {
    if (isStopped) return;
    cancel = options.after(HEARTBEAT_MS, () => {
      void tryBeat().then(plan);
    });
  }

  await beat();
  plan();
  return {
    beat,
    look() {
      if (!isStopped && isAccepting(options.describe()) !== wasAccepting) void tryBeat();
    },
    async stop() {
      isStopped = true;
      cancel();
      await options.backbone.leave(options.nodeId);
    },
  };
}

/** Whether the fleet may send new sessions here: not to a process that drains, is full, or whose finals are late. */
function isAccepting({ draining, sessions, capacity, load }: NodeRecord): boolean {
  return !draining && sessions < capacity && load < 1;
}
