import { startServer, type PrivateRedis } from './redis-server.ts';

export interface PrivateRedisOptions {
  /** Whether writes survive {@link PrivateRedis.kill} and {@link PrivateRedis.restart}. Default false. */
  readonly appendOnly?: boolean;
  /** Further command-line arguments, for example `['--maxmemory', '4mb']`. */
  readonly args?: readonly string[];
}

/** The design's node size: with Redis' default a trim of audio frees memory late. @see docs/adr */
const STREAM_NODE_MAX_BYTES = 16_384;

/**
 * Starts a private Redis.
 * @throws Error that says what to install when there is no Redis server, or with its output when it does not start.
 */
export function startRedis({ appendOnly = false, args = [] }: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  return startServer({
    question: 'CONFIG GET dir',
    prepare: (folder) =>
      Promise.resolve({
        args: [
          ...['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', appendOnly ? 'yes' : 'no'],
          ...['--stream-node-max-bytes', String(STREAM_NODE_MAX_BYTES), ...args],
        ],
      }),
  });
}
