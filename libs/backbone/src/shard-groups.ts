import { shardOf, type SessionId } from '@verbatim/protocol';

/** One script call touches so many sessions at the most: it stays well under a millisecond of Redis. */
const LARGEST_GROUP = 100;

/** Sorts items into groups that one script may handle: same shard, not too many. */
export function groupByShard<Item>(
  items: readonly Item[],
  sessionOf: (item: Item) => SessionId,
): readonly (readonly [shard: string, group: readonly Item[]])[] {
  const groups: [string, Item[]][] = [];
  const filling = new Map<string, Item[]>();
  for (const item of items) {
    const shard = shardOf(sessionOf(item));
    let group = filling.get(shard);
    if (group === undefined || group.length === LARGEST_GROUP) {
      group = [];
      filling.set(shard, group);
      groups.push([shard, group]);
    }
    group.push(item);
  }
  return groups;
}
