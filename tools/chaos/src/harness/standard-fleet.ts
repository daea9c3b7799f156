import type { Fleet, FleetGateway, FleetOptions } from '@verbatim/fleet';

/** One lease of a transcriber: the house's default. Units: milliseconds. */
export const LEASE_MS = 2000;

/** Room for every session of a scenario in one transcriber, so that a single one can take over all of them. */
const CAPACITY = 250;

/** Two gateways, two transcribers, one Redis that survives being killed: what most scenarios disturb. */
export const STANDARD_FLEET: FleetOptions = {
  gateways: 2,
  transcribers: 2,
  providers: 'ledger',
  isRedisDurable: true,
  env: { STT_LEASE_MS: String(LEASE_MS), STT_CAPACITY: String(CAPACITY), STT_LOG_LEVEL: 'info' },
};

/** The transcriber that runs longest: after a takeover it owns every session. */
export function oldestTranscriber(fleet: Fleet): Fleet['transcribers'][number] {
  const [oldest] = fleet.transcribers;
  if (oldest === undefined) throw new Error('No transcriber runs any more.');
  return oldest;
}

/** Starts a gateway again under the address of one that has ended, as behind a load balancer. */
export function restartGateway(fleet: Fleet, { url }: FleetGateway): Promise<FleetGateway> {
  return fleet.startGateway({ PORT: new URL(url).port });
}

/** The same, each process behind a fault proxy of its own. */
export const PROXIED_FLEET: FleetOptions = { ...STANDARD_FLEET, withFaultProxies: true };
