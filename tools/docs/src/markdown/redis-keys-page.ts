import { REDIS_KEYS } from '@verbatim/backbone';
import { code, pageHead, table } from './table.ts';

/** Builds `docs/redis-keys.md` from the backbone's own table. */
export function redisKeysPage(): string {
  const rows = REDIS_KEYS.map((key) => [code(key.name), key.type, key.what, key.writer, key.reader, key.life]);
  return `${pageHead('What Redis holds', 'libs/backbone/src/keys.ts')}
\`stt\` is the key prefix (\`STT_KEY_PREFIX\`), \`07\` a shard. All names of a shard carry the same hash tag, so every script and
every read over several keys stays in one slot of a Redis Cluster. Nothing else writes keys under this prefix.

${table(['name', 'type', 'what', 'written by', 'read by', 'life'], rows)}
`;
}
