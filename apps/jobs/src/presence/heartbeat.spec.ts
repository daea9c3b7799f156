import { expect, it } from '@jest/globals';
import type { NodeRecord } from '@verbatim/protocol';
import { createFakeClock } from '@verbatim/testing';
import { startHeartbeat } from './heartbeat.ts';

it('goes on when a heartbeat is lost, and takes the record away at the end', async () => {
  const clock = createFakeClock();
  const said: string[] = [];
  let isAway = false;
  const heartbeat = await startHeartbeat({
    after: (delayMs, run) => clock.after(delayMs, run),
    backbone: {
      heartbeat: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(void said.push('beat'))),
      leave: (nodeId) => Promise.resolve(void said.push(`${nodeId} left`)),
    },
    nodeId: 'node',
    describe: () => ({}) as NodeRecord,
  });
  isAway = true;
  await clock.advance(3000);
  isAway = false;
  await clock.advance(3000);
  await heartbeat.stop();
  await clock.advance(10_000);
  expect(said).toEqual(['beat', 'beat', 'node left']);
});
