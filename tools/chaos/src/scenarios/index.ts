import type { Scenario } from '../scenario.ts';
import { appendRepliesLost } from './append-replies-lost.ts';
import { clockSkew } from './clock-skew.ts';
import { clusterMasterKill } from './cluster-master-kill.ts';
import { gatewayKill } from './gateway-kill.ts';
import { googleRotation } from './google-rotation.ts';
import { model } from './model.ts';
import { providerDeath } from './provider-death.ts';
import { providerSlow } from './provider-slow.ts';
import { pubsubLoss } from './pubsub-loss.ts';
import { redisFlush } from './redis-flush.ts';
import { redisFrozen } from './redis-frozen.ts';
import { redisRestartAof } from './redis-restart-aof.ts';
import { rollingDeploy } from './rolling-deploy.ts';
import { sentinelKill } from './sentinel-kill.ts';
import { sentinelPartition } from './sentinel-partition.ts';
import { slowClients } from './slow-clients.ts';
import { soak } from './soak.ts';
import { storm } from './storm.ts';
import { transcriberDrain } from './transcriber-drain.ts';
import { transcriberKill } from './transcriber-kill.ts';
import { zombie } from './zombie.ts';

/** Every scenario, in the order in which a full run has them. */
export const SCENARIOS: readonly Scenario[] = [
  transcriberKill,
  transcriberDrain,
  zombie,
  gatewayKill,
  rollingDeploy,
  redisRestartAof,
  redisFrozen,
  redisFlush,
  sentinelKill,
  sentinelPartition,
  clusterMasterKill,
  pubsubLoss,
  appendRepliesLost,
  slowClients,
  storm,
  googleRotation,
  providerDeath,
  providerSlow,
  clockSkew,
  model,
  soak,
];
