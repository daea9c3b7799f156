/**
 * Numbers the interims of each segment over all recognisers that a session goes through: a recogniser that begins a segment again counts
 * from 1, and its client must not take what it says for older than what it has.
 */
export interface InterimRevisions {
  /** From 1 on, for each segment of each channel. */
  next(channel: number, segmentId: number): number;
  /** The segment and those before it have their finals. */
  settled(channel: number, segmentId: number): void;
}

export function createInterimRevisions(): InterimRevisions {
  const channels = new Map<number, Map<number, number>>();
  const revisionsOf = (channel: number): Map<number, number> => {
    const known = channels.get(channel) ?? new Map<number, number>();
    channels.set(channel, known);
    return known;
  };
  return {
    next(channel, segmentId) {
      const revisions = revisionsOf(channel);
      const revision = (revisions.get(segmentId) ?? 0) + 1;
      revisions.set(segmentId, revision);
      return revision;
    },
    settled(channel, segmentId) {
      const revisions = revisionsOf(channel);
      for (const id of revisions.keys()) if (id <= segmentId) revisions.delete(id);
    },
  };
}
