import type { Cluster, Redis } from 'ioredis';
import { isSameEntry } from './audio-entry.ts';
import type { PendingEntry } from './append-window.ts';

/** The error with which Redis refuses an id that is not greater than all before it, even trimmed ones. */
export function isIdRefused(error: unknown): boolean {
  return error instanceof Error && error.message.includes('equal or smaller');
}

/**
 * Decides what a refused id means. Only comparing tells a repeat of ours, whose reply was lost, from another writer's entry.
 * Shape: `stored` when Redis holds exactly this entry, or held it: it is gone, nothing before it is left, and we had sent it before.
 * `foreign` when another writer was there.
 */
export async function judgeRefusedAppend(
  client: Redis | Cluster,
  audioKey: string,
  entry: PendingEntry,
  wasSentBefore: boolean,
): Promise<'stored' | 'foreign'> {
  const [held] = await client.xrangeBuffer(audioKey, entry.streamId, entry.streamId);
  if (held) return isSameEntry(held[1], entry.fields) ? 'stored' : 'foreign';
  if (!wasSentBefore) return 'foreign';
  // a trim takes from the front only: an entry that is left before ours means that ours was never there
  const earlier = await client.xrange(audioKey, '-', `(${entry.streamId}`, 'COUNT', 1);
  return earlier.length === 0 ? 'stored' : 'foreign';
}
