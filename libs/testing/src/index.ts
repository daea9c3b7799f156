// Waiting, time and chance
export { eventually, type EventuallyOptions } from './eventually.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { createRandom, type SeededRandom } from './seeded-random.ts';

// Real processes, gone when the test is gone
export { freePort } from './free-port.ts';
export { redisServerCommand } from './config.ts';
export { startRedis, type PrivateRedisOptions } from './redis/private-redis.ts';
export type { PrivateRedis } from './redis/redis-server.ts';
export {
  FEW_LOST_WRITES,
  startRedisSentinelSet,
  type RedisSentinelSet,
  type SentinelSetOptions,
} from './redis/sentinel-set.ts';
export { startRedisCluster, type RedisCluster, type RedisClusterOptions } from './redis/cluster.ts';
export type { ClusterMap } from './redis/cluster-map.ts';
export { askRedis, type RedisAnswer } from './redis/redis-question.ts';
export { startProcess, type ProcessExit, type StartedProcess, type StartProcessOptions } from './started-process.ts';

// A network that fails on command
export { startFaultProxy, type AddedFault, type FaultProxy, type FaultProxyOptions } from './faults/fault-proxy.ts';
export type { ByteFilter, Fault, FaultDirection, FaultType, ProxiedLink } from './faults/fault.ts';

// What a measurement was made on
export { describeMachine, type Machine } from './machine.ts';
