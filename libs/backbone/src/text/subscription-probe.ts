/** How long a published message may take to come back on an idle connection; loopback needs under a millisecond. */
const ANSWER_WITHIN_MS = 2000;

/** Looks at the lanes so often in each interval. Looked at once, a lane that fell silent just after would be asked an interval later. */
const LOOKS_PER_INTERVAL = 4;

/** Finds a subscriber connection that is attached and silent, 1.25 × `intervalMs` + 2 s after its last sign of life at the latest. */
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
  const answerTimers = new Map<string, NodeJS.Timeout>();

  const forgetQuestion = (lane: string) => {
    clearTimeout(answerTimers.get(lane));
    answerTimers.delete(lane);
  };

  const heard = (lane: string) => {
    heardAtMs.set(lane, performance.now());
    if (answerTimers.has(lane)) forgetQuestion(lane);
  };

  const restart = () => lanes.forEach(heard);

  const ask = async (lane: string) => {
    const sentAtMs = performance.now();
    await send(lane);
    const lastMs = heardAtMs.get(lane) ?? 0;
    // the answer may have come before the one who sent it knew that it was sent
    if (lastMs >= sentAtMs || answerTimers.has(lane)) return;
    const tooLate = () => {
      forgetQuestion(lane);
      onSilent(Math.round(performance.now() - lastMs));
    };
    answerTimers.set(lane, setTimeout(tooLate, ANSWER_WITHIN_MS));
  };

  const askIdleLanes = () => {
    for (const lane of lanes) {
      const isIdle = performance.now() - (heardAtMs.get(lane) ?? 0) >= intervalMs;
      if (isIdle && !answerTimers.has(lane)) ask(lane).catch(() => undefined);
    }
  };

  restart();
  const interval = setInterval(askIdleLanes, intervalMs / LOOKS_PER_INTERVAL);
  return {
    heard,
    restart,
    stop() {
      clearInterval(interval);
      // a question under way sees that its lane was heard, and sets no timer
      restart();
    },
  };
}
