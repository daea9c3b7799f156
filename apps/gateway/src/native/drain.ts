import { setTimeout as sleep } from 'node:timers/promises';

/** What draining asks of a session. */
export interface DrainedSession {
  announceDrain(timeLeftMs: number): void;
  sendAway(flushed: (drained: Promise<void>) => Promise<void>): Promise<void>;
  terminate(): void;
}

export interface DrainOptions {
  /** Over how long the closes are spread: a fleet's clients must not reconnect in one instant. */
  readonly drainMs: number;
  /** Aborted: send the rest at once. */
  readonly hurry: AbortSignal;
  /** How long a client gets to answer the closing handshake. */
  readonly closeTimeoutMs: number;
}

/** Storing what was taken goes through Redis once; a Redis that is away must not hold up the shutdown. */
const FLUSH_WITHIN_MS = 500;
const LOOK_EVERY_MS = 20;

/** Announces the drain to all sessions, closes them one after the other, and resolves when no connection is left. */
export async function drainSessions(sessions: () => readonly DrainedSession[], options: DrainOptions): Promise<void> {
  const { drainMs, hurry } = options;
  const waiting = sessions();
  waiting.forEach((session) => session.announceDrain(drainMs));
  const leaving: Promise<void>[] = [];
  for (const session of waiting) {
    if (!hurry.aborted) await sleepUnless(hurry, drainMs / waiting.length);
    leaving.push(session.sendAway(withinFlushTime));
  }
  await Promise.all(leaving);
  await untilGone(sessions, options);
}

async function untilGone(
  sessions: () => readonly DrainedSession[],
  { hurry, closeTimeoutMs }: DrainOptions,
): Promise<void> {
  const deadlineMs = performance.now() + closeTimeoutMs;
  while (sessions().length > 0 && performance.now() < deadlineMs && !hurry.aborted)
    await sleepUnless(hurry, LOOK_EVERY_MS);
  sessions().forEach((session) => session.terminate());
}

async function withinFlushTime(drained: Promise<void>): Promise<void> {
  const done = new AbortController();
  const patience = sleep(FLUSH_WITHIN_MS, undefined, { signal: done.signal }).catch(() => undefined);
  await Promise.race([drained.catch(() => undefined), patience]);
  done.abort();
}

async function sleepUnless(hurry: AbortSignal, delayMs: number): Promise<void> {
  await sleep(delayMs, undefined, { signal: hurry }).catch(() => undefined);
}
