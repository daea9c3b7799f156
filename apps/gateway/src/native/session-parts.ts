import type { GatewaySide } from '@verbatim/backbone';
import type { Logger } from '@verbatim/observability';
import type { DecoderPool } from '../decoding/decoder-pool.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { TrafficCounters } from '../presence/traffic-counters.ts';
import type { NativeLimits } from './limits.ts';
import type { StorageWatch } from './storage-watch.ts';

/** What every native session of this process shares. */
export interface SessionParts {
  readonly backbone: GatewaySide;
  readonly fleet: Pick<FleetView, 'admit'>;
  readonly storage: StorageWatch;
  readonly counters: TrafficCounters;
  readonly decoders: Pick<DecoderPool, 'open'>;
  readonly limits: NativeLimits;
  readonly log: Logger;
  readonly resumeWindowMs: number;
  /** A steady clock. Units: milliseconds. */
  readonly nowMs: () => number;
}
