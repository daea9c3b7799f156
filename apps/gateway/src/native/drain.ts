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
  /** From 0 to 1: replicas that drain together must not close in step. */
  readonly random: () => number;
}

/** Storing what was taken goes through Redis once; a Redis that is away must not hold up the shutdown. */
const FLUSH_WITHIN_MS = 500;
const LOOK_EVERY_MS = 20;

/** Announces the drain to all sessions, closes them one after the other, and resolves when no connection is left. */
export async function drainSessions(sessions: () => readonly DrainedSession[], options: DrainOptions): Promise<void> {
  const { drainMs, hurry, random } = options;
  const waiting = sessions();
  waiting.forEach((session) => session.announceDrain(drainMs));
  const leaving: Promise<void>[] = [];
  const beganAtMs = performance.now();
  for (const [index, session] of waiting.entries()) {
    // By the clock and not by so many sleeps: thousands of them, each a millisecond late, would take seconds too long.
    const dueInMs = beganAtMs + closesAfterMs(index, waiting.length, { drainMs, random }) - performance.now();
    if (dueInMs > 0 && !hurry.aborted) await sleepUnless(hurry, dueInMs);
    leaving.push(session.sendAway(withinFlushTime));
  }
  await Promise.all(leaving);
  await untilGone(sessions, options);
}

/** When the session at `index` of `count` is closed: somewhere inside its own slice of the drain. */
export function closesAfterMs(
  index: number,
  count: number,
  { drainMs, random }: Pick<DrainOptions, 'drainMs' | 'random'>,
): number {
  return ((index + random()) / count) * drainMs;
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
