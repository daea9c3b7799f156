import type { ServerMessage } from '@verbatim/protocol';
import { toMs } from './milliseconds.ts';

/** Somebody began or stopped speaking on a channel. */
export function speechMessage(
  type: 'speech_started' | 'speech_ended',
  atSample: number,
  channel: number,
): ServerMessage {
  return { type, at_ms: toMs(atSample), channel };
}
