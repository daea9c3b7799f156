import type { DecoderPool } from '../decoding/decoder-pool.ts';
import type { SessionParts } from '../native/session-parts.ts';
import type { ChunkLimits } from './limits.ts';
import type { SessionTurns } from './session-turns.ts';

/** What every upload of this process shares; `session` opens sessions as a WebSocket does. */
export interface ChunkParts extends Pick<SessionParts, 'backbone' | 'storage' | 'counters' | 'log' | 'nowMs'> {
  readonly session: SessionParts;
  readonly decoders: Pick<DecoderPool, 'open'>;
  readonly turns: SessionTurns;
  readonly limits: ChunkLimits;
}
