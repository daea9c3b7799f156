import { expect, it } from '@jest/globals';
import type { NodeRecord } from '@verbatim/protocol';
import { startHeartbeat } from './heartbeat.ts';
import { TrafficCounters } from './traffic-counters.ts';

const RECORD: NodeRecord = {
  ...{ role: 'gateway', version: '1', started_at_ms: 0, sessions: 0, capacity: 0, load: 0 },
  ...{ draining: false, providers: [] },
};

it('keeps the counters of a beat that failed for the next one, and takes its record away at the end', async () => {
  const calls: string[] = [];
  const failures: unknown[] = [];
  let isRedisAway = true;
  const backbone = {
    heartbeat: (nodeId: string) => Promise.resolve(void calls.push(`beat ${nodeId}`)),
    leave: (nodeId: string) => Promise.resolve(void calls.push(`leave ${nodeId}`)),
    addStats: (deltas: object) =>
      isRedisAway ? Promise.reject(new Error('away')) : Promise.resolve(void calls.push(JSON.stringify(deltas))),
  };
  const counters = new TrafficCounters();
  counters.receivedSamples = 1600;
  const heartbeat = await startHeartbeat({
    ...{ backbone, nodeId: 'g1', counters, record: () => RECORD, refreshFleet: () => Promise.resolve() },
    onFailure: (error) => failures.push(error),
  });
  expect(failures).toHaveLength(1);
  isRedisAway = false;
  counters.receivedSamples += 1600;
  await heartbeat.stop();
  expect(calls).toEqual(['beat g1', '{"audio_samples_received":3200}', 'leave g1']);
});
