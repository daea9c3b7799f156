/** On a cluster the node that serves next may not be known yet, and nothing else need tell when it is. */
const AGAIN_MS = 500;

interface ResubscriptionParts {
  /** Rejects when some channel could not be subscribed. */
  readonly subscribeAll: () => Promise<void>;
  /** Called after each round that succeeded: what came in between must be read elsewhere. */
  readonly onDone: () => void;
}

/** Subscribes everything again, one round at a time, until one has succeeded that began after the last {@link begin}. */
export interface Resubscription {
  begin(): void;
  stop(): void;
}

export function createResubscription({ subscribeAll, onDone }: ResubscriptionParts): Resubscription {
  let isRunning = false;
  let isStale = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const run = async () => {
    clearTimeout(timer);
    isRunning = true;
    isStale = false;
    const wasDone = await subscribeAll().then(
      () => true,
      () => false,
    );
    isRunning = false;
    if (isStopped) return;
    if (wasDone) onDone();
    if (isStale) await run();
    else if (!wasDone) timer = setTimeout(() => void run(), AGAIN_MS);
  };

  return {
    begin() {
      isStale = true;
      if (!isRunning && !isStopped) void run();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
