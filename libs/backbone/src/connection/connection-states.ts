import type { Cluster, Redis } from 'ioredis';

type ConnectionChange = { readonly type: 'connected' } | { readonly type: 'disconnected'; readonly reason: string };

/** Tells of each change once: a Redis that stays away is one `disconnected`, not one for each try. */
export function watchConnection(client: Redis | Cluster, onChange: (change: ConnectionChange) => void) {
  let isUp = false;
  let isClosing = false;
  let reason = 'the connection was closed';
  client.on('error', (error: Error) => (reason = error.message));
  client.on('ready', () => {
    isUp = true;
    onChange({ type: 'connected' });
  });
  client.on('close', () => {
    if (isUp && !isClosing) onChange({ type: 'disconnected', reason });
    isUp = false;
  });
  return { beginClosing: () => void (isClosing = true) };
}

/** Connects for the first time. @throws the error that tells most when the client is not ready in time */
export async function firstReady(client: Redis | Cluster, withinMs: number): Promise<void> {
  let lastError = new Error('no answer');
  let sentinelError: Error | undefined;
  const remember = (error: Error) => void (lastError = error);
  // what one Sentinel said is told apart from "all are unreachable", which follows it whatever they said
  const rememberSentinel = (error: Error) => void (sentinelError = moreTelling(sentinelError, error));
  client.on('error', remember);
  client.on('sentinelError', rememberSentinel);
  const isReady = untilReady(client, withinMs);
  client.connect().catch(remember);
  const wasReady = await isReady;
  client.off('error', remember);
  client.off('sentinelError', rememberSentinel);
  if (!wasReady) throw sentinelError ?? lastError;
}

/** A Sentinel that answers and does not know the master tells more than one that does not answer. */
function moreTelling(known: Error | undefined, next: Error): Error {
  return known !== undefined && /No such master|invalid reply/.test(known.message) ? known : next;
}

/** Resolves with whether the client got ready in time. */
export function untilReady(client: Redis | Cluster, withinMs: number): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (isReady: boolean) => {
      clearTimeout(timer);
      client.off('ready', onReady);
      resolve(isReady);
    };
    const onReady = () => settle(true);
    const timer = setTimeout(() => settle(false), withinMs);
    client.once('ready', onReady);
  });
}
