import type { Presence } from '@verbatim/backbone';
import type { NodeRecord } from '@verbatim/protocol';
import type { TrafficCounters } from './traffic-counters.ts';

export interface HeartbeatOptions {
  readonly backbone: Pick<Presence, 'heartbeat' | 'leave' | 'addStats'>;
  readonly nodeId: string;
  readonly record: () => NodeRecord;
  readonly counters: TrafficCounters;
  /** Looks at the fleet in the same beat. */
  readonly refreshFleet: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** The record lives 10 s: one lost beat does not make a live process vanish. */
const BEAT_MS = 2000;

/** Says every few seconds that this process lives, what it did since, and sees who else does. */
export interface Heartbeat {
  /** Beats once more with the last counters, then takes the record away. */
  stop(): Promise<void>;
}

/** Beats once before it resolves, so that a ready process is visible. */
export async function startHeartbeat(options: HeartbeatOptions): Promise<Heartbeat> {
  const { backbone, nodeId, record, counters, refreshFleet, onFailure } = options;
  const flushCounters = async (): Promise<void> => {
    const deltas = counters.take();
    if (Object.keys(deltas).length === 0) return;
    try {
      await backbone.addStats(deltas);
    } catch (error) {
      counters.giveBack(deltas);
      throw error;
    }
  };
  const beat = (): Promise<void> =>
    Promise.all([backbone.heartbeat(nodeId, record()), flushCounters(), refreshFleet()])
      .then(() => undefined)
      .catch(onFailure);

  await beat();
  const timer = setInterval(() => void beat(), BEAT_MS);
  return {
    async stop() {
      clearInterval(timer);
      await flushCounters().catch(onFailure);
      await backbone.leave(nodeId).catch(onFailure);
    },
  };
}
