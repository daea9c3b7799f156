// Waiting, time and chance
export { eventually, type EventuallyOptions } from './eventually.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createRandom, type SeededRandom } from './seeded-random.ts';

// Real processes, gone when the test is gone
export { freePort } from './free-port.ts';
export { startRedis, type PrivateRedis, type PrivateRedisOptions } from './private-redis.ts';
export { startProcess, type ProcessExit, type StartedProcess, type StartProcessOptions } from './started-process.ts';
