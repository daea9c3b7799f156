/** How long a published message may take to come back on an idle connection; loopback needs under a millisecond. */
const ANSWER_WITHIN_MS = 2000;

/** Finds a subscriber connection that is attached and silent. */
export interface SubscriptionProbe {
  /** Anything came over this lane: it lives. */
  heard(lane: string): void;
  /** Gives every lane a fresh start, after a reconnect. */
  restart(): void;
  stop(): void;
}

interface ProbeParts {
  /** Connections to watch, each under a name of its own: one on a single Redis, one for each shard on a cluster. */
  readonly lanes: readonly string[];
  readonly intervalMs: number;
  /** Publishes to ourselves; rejects when that is not possible, and then nothing follows from the silence. */
  readonly send: (lane: string) => Promise<unknown>;
  readonly onSilent: (silentMs: number) => void;
}

/**
 * Asks a lane that was idle for `intervalMs` for a sign of life, by a message to ourselves. Worked failure (centrifugo#1189): after a
 * failover one subscriber stayed attached to the old node; sockets open, publishes fine, health green, and no message for hours.
 */
export function createSubscriptionProbe({ lanes, intervalMs, send, onSilent }: ProbeParts): SubscriptionProbe {
  const heardAtMs = new Map<string, number>();
  const answerTimers = new Set<NodeJS.Timeout>();

  const restart = () => {
    for (const timer of answerTimers) clearTimeout(timer);
    answerTimers.clear();
    for (const lane of lanes) heardAtMs.set(lane, performance.now());
  };

  const ask = async (lane: string) => {
    const sentAtMs = performance.now();
    await send(lane);
    const timer = setTimeout(() => {
      answerTimers.delete(timer);
      const lastMs = heardAtMs.get(lane) ?? 0;
      if (lastMs < sentAtMs) onSilent(Math.round(performance.now() - lastMs));
    }, ANSWER_WITHIN_MS);
    answerTimers.add(timer);
  };

  const askIdleLanes = () => {
    for (const lane of lanes) {
      const isIdle = performance.now() - (heardAtMs.get(lane) ?? 0) >= intervalMs;
      if (isIdle) ask(lane).catch(() => undefined);
    }
  };

  restart();
  const interval = setInterval(askIdleLanes, intervalMs);
  return {
    heard: (lane) => void heardAtMs.set(lane, performance.now()),
    restart,
    stop() {
      clearInterval(interval);
      restart();
    },
  };
}
