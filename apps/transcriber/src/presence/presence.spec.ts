import { describe, expect, it } from '@jest/globals';
import type { NodeRecord } from '@verbatim/protocol';
import { createFakeClock } from '@verbatim/testing';
import { startHeartbeat } from './heartbeat.ts';
import { createStatsCounter } from './stats-counter.ts';

describe('the counters of a process', () => {
  it('are added up and written once', async () => {
    const written: unknown[] = [];
    const stats = createStatsCounter((deltas) => Promise.resolve(void written.push(deltas)));
    stats.add('requests:local', 1);
    stats.add('requests:local', 2);
    stats.add('errors:local', 0);
    await stats.flush();
    await stats.flush();
    expect(written).toEqual([{ 'requests:local': 3 }]);
  });

  it('are kept while Redis is away', async () => {
    const written: unknown[] = [];
    let isAway = true;
    const stats = createStatsCounter((deltas) =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve(void written.push(deltas)),
    );
    stats.add('takeovers', 1);
    await stats.flush();
    stats.add('takeovers', 1);
    isAway = false;
    await stats.flush();
    expect(written).toEqual([{ takeovers: 2 }]);
  });
});

describe('the heartbeat', () => {
  it('goes on when one is lost, and takes the record away at the end', async () => {
    const clock = createFakeClock();
    const said: string[] = [];
    let isAway = false;
    const heartbeat = await startHeartbeat({
      ...clock,
      backbone: {
        heartbeat(_, { sessions }) {
          if (isAway) return Promise.reject(new Error('away'));
          return Promise.resolve(void said.push(`beat ${sessions}`));
        },
        leave: (nodeId) => Promise.resolve(void said.push(`${nodeId} left`)),
      },
      nodeId: 'node',
      describe: () => ({ sessions: said.length }) as NodeRecord,
    });
    isAway = true;
    await clock.advance(3000);
    isAway = false;
    await clock.advance(3000);
    await heartbeat.stop();
    await clock.advance(10_000);
    expect(said).toEqual(['beat 0', 'beat 1', 'node left']);
  });

  it('comes at once when the process has become full or overloaded, and when it is free again', async () => {
    const clock = createFakeClock();
    const written: string[] = [];
    const node = { draining: false, sessions: 0, capacity: 2, load: 0 };
    const heartbeat = await startHeartbeat({
      ...clock,
      backbone: {
        heartbeat: (_, { sessions, load }) => Promise.resolve(void written.push(`${sessions} at ${load}`)),
        leave: () => Promise.resolve(),
      },
      nodeId: 'node',
      describe: () => ({ ...node }) as NodeRecord,
    });
    for (const change of [
      { sessions: 1 },
      { sessions: 2 },
      { load: 2 },
      { sessions: 1 },
      { load: 0.9 },
      { load: 0.5 },
    ]) {
      Object.assign(node, change);
      heartbeat.look();
    }
    expect(written).toEqual(['0 at 0', '2 at 0', '1 at 0.9']);
    await heartbeat.stop();
    node.load = 1;
    heartbeat.look();
    expect(written).toHaveLength(3);
  });
});
