import type { Fleet } from '@verbatim/fleet';
import type { Fault, FaultProxy } from '@verbatim/testing';
import { kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_MS, restartGateway } from '../harness/standard-fleet.ts';

/** Something that goes wrong and is over again when it resolves. The oldest gateway and transcriber are never ended: they are watched. */
export interface SoakFault {
  readonly name: string;
  make(fleet: Fleet): Promise<void>;
}

const REDIS_AWAY_MS = 1000;
const REDIS_FROZEN_MS = 3000;
const SLOW_NETWORK_MS = 5000;
const REPLIES_LOST_MS = 50;

export const SOAK_FAULTS: readonly SoakFault[] = [
  { name: 'transcriber killed', make: (fleet) => replaceTranscriber(fleet, (old) => old.kill()) },
  { name: 'transcriber drained', make: (fleet) => replaceTranscriber(fleet, (old) => old.stop()) },
  { name: 'transcriber stopped past its leases', make: pauseTranscriber },
  { name: 'gateway killed', make: (fleet) => replaceGateway(fleet, (old) => old.kill()) },
  { name: 'gateway drained', make: (fleet) => replaceGateway(fleet, (old) => old.stop()) },
  { name: 'Redis killed', make: killRedis },
  { name: 'Redis frozen', make: freezeRedis },
  { name: 'every connection to Redis cut', make: cutEverything },
  {
    name: 'replies of Redis lost',
    make: (fleet) => during(fleet, { type: 'drop_replies', cutAfterMs: REPLIES_LOST_MS }, REPLIES_LOST_MS),
  },
  {
    name: 'slow network',
    make: (fleet) => during(fleet, { type: 'latency', latencyMs: 100, jitterMs: 50 }, SLOW_NETWORK_MS),
  },
];

type Victim = Fleet['transcribers'][number];

async function replaceTranscriber(fleet: Fleet, end: (old: Victim) => Promise<unknown>): Promise<void> {
  const old = youngest(fleet.transcribers);
  await fleet.startTranscriber();
  await end(old);
}

async function pauseTranscriber(fleet: Fleet): Promise<void> {
  const victim = youngest(fleet.transcribers);
  victim.pause();
  await sleep(3.5 * LEASE_MS);
  victim.resume();
}

async function replaceGateway(fleet: Fleet, end: (old: Victim) => Promise<unknown>): Promise<void> {
  const old = youngest(fleet.gateways);
  await end(old.process);
  await restartGateway(fleet, old);
}

async function killRedis({ redis }: Fleet): Promise<void> {
  await redis.kill();
  await sleep(REDIS_AWAY_MS);
  await redis.restart();
}

async function freezeRedis({ redis }: Fleet): Promise<void> {
  kill(redis.pid, 'SIGSTOP');
  await sleep(REDIS_FROZEN_MS);
  kill(redis.pid, 'SIGCONT');
}

function cutEverything(fleet: Fleet): Promise<void> {
  for (const proxy of proxiesOf(fleet)) proxy.cut();
  return Promise.resolve();
}

async function during(fleet: Fleet, fault: Fault, timeMs: number): Promise<void> {
  const added = proxiesOf(fleet).map((proxy) => proxy.add(fault));
  await sleep(timeMs);
  for (const each of added) each.remove();
}

function proxiesOf(fleet: Fleet): readonly FaultProxy[] {
  const processes = [...fleet.gateways.map(({ process }) => process), ...fleet.transcribers, ...fleet.jobs];
  return processes.map((process) => fleet.proxyOf(process));
}

function youngest<Process>(processes: readonly Process[]): Process {
  const last = processes.at(-1);
  if (last === undefined || processes.length < 2) throw new Error('Only the watched process is left.');
  return last;
}
