import { openGatewaySide } from '@verbatim/backbone';
import { openStreamingSession } from '@verbatim/client';
import type { Fleet } from '@verbatim/fleet';
import { sessionConfigSchema } from '@verbatim/protocol';
import { atMost, type GoalResult } from './goals.ts';
import { percentile } from './statistics.ts';

const CONNECTS = 300;
const OPENS = 1000;

/** Connect to `session_started`, one after the other, and what opening a session costs in Redis alone. */
export async function benchConnect(fleet: Fleet): Promise<readonly GoalResult[]> {
  const connectMs = await timesOf(
    CONNECTS,
    () => openStreamingSession({ url: fleet.gateways[0]?.url ?? '' }),
    async (session) => {
      session.end();
      await session.closed;
    },
  );
  const side = await openGatewaySide({ redisUrl: fleet.redis.url, keyPrefix: 'bench' });
  const config = sessionConfigSchema.parse({});
  const openMs = await timesOf(
    OPENS,
    () => side.openSession({ ...config, provider: 'local' }),
    () => Promise.resolve(),
  );
  await side.close();
  return [
    atMost('connect to session_started, p50', 15, percentile(connectMs, 0.5), { unit: ' ms', samples: CONNECTS }),
    atMost('connect to session_started, p99', 60, percentile(connectMs, 0.99), { unit: ' ms', samples: CONNECTS }),
    atMost('session overhead: opening it in Redis, p99', 10, percentile(openMs, 0.99), { unit: ' ms', samples: OPENS }),
  ];
}

async function timesOf<Value>(
  count: number,
  measured: () => Promise<Value>,
  after: (value: Value) => Promise<unknown>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const startedMs = performance.now();
    const value = await measured();
    times.push(performance.now() - startedMs);
    await after(value);
  }
  return times;
}
