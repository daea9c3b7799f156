import type { Fence, Seq } from '@verbatim/protocol';
import type { DurableMessage } from '../faces.ts';

/** What comes over a session's text channel. */
export type ChannelPayload =
  | { readonly kind: 'durable'; readonly message: DurableMessage }
  | { readonly kind: 'transient'; readonly fence: Fence; readonly json: string }
  | { readonly kind: 'replaced'; readonly connection: number }
  | { readonly kind: 'deleted' };

/** Published by the script that deletes a session. */
const DELETED = 'X';

/** `T <fence> <json>`; all others are written by the scripts. */
export function encodeTransient(fence: Fence, json: string): string {
  return `T ${fence} ${json}`;
}

/** Reads a payload; `undefined` for kinds that a newer version may send. */
export function decodePayload(payload: string): ChannelPayload | undefined {
  if (payload === DELETED) return { kind: 'deleted' };
  const match = /^([DTC]) (\d+)(?: |$)/.exec(payload);
  if (!match) return undefined;
  const number = Number(match[2]);
  const json = payload.slice(match[0].length);
  switch (match[1]) {
    case 'D':
      return { kind: 'durable', message: { seq: number as Seq, json } };
    case 'T':
      return { kind: 'transient', fence: number as Fence, json };
    default:
      return { kind: 'replaced', connection: number };
  }
}
