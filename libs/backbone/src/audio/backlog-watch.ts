import type { RedisConnection } from '../connection/redis-connection.ts';
import { sampleOfEntry } from './audio-entry.ts';

/** Five seconds at 16 kHz: often enough for a cap of a minute, and one question per 50 appends. */
const CHECK_EVERY_SAMPLES = 80_000;

/** While the transcriber catches up, the socket should not stay paused much longer than needed. */
const POLL_MS = 250;

/** Going on right below the cap would pause again at once. */
const GO_ON_BELOW = 0.75;

/** Watches how much audio waits in Redis for the transcriber. */
export interface BacklogWatch {
  /** Told of each stored entry. */
  stored(endSample: number): void;
  close(): void;
}

interface BacklogParts {
  readonly connection: RedisConnection;
  readonly audioKey: string;
  readonly startSample: number;
  readonly capSamples: number;
  readonly onChange: (isOver: boolean) => void;
}

/** Asks for the first entry every five seconds of audio, and keeps asking while more than `capSamples` wait. */
export function createBacklogWatch(parts: BacklogParts): BacklogWatch {
  const { connection, capSamples } = parts;
  const everySamples = Math.min(CHECK_EVERY_SAMPLES, capSamples);
  let storedSample = parts.startSample;
  let checkedSample = parts.startSample;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const check = async () => {
    checkedSample = storedSample;
    const waiting = await waitingSamples(connection, parts.audioKey, storedSample).catch(() => undefined);
    if (isClosed) return;
    const limit = isOver ? capSamples * GO_ON_BELOW : capSamples;
    const wasOver = isOver;
    if (waiting !== undefined) isOver = waiting > limit;
    if (isOver) timer = setTimeout(() => void check(), POLL_MS);
    if (isOver !== wasOver) parts.onChange(isOver);
  };

  return {
    stored(endSample) {
      storedSample = endSample;
      if (!isOver && storedSample - checkedSample >= everySamples) void check();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

async function waitingSamples({ client }: RedisConnection, audioKey: string, storedSample: number): Promise<number> {
  const [first] = await client.xrangeBuffer(audioKey, '-', '+', 'COUNT', 1);
  return first ? storedSample - sampleOfEntry(first[0].toString()) : 0;
}
