import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { Violation } from './invariants.ts';
import { anyInterleaving, play } from './interleaving.ts';
import type { Command } from './commands.ts';
import type { Scripts } from './scripts.ts';
import { World } from './world.ts';

export interface CampaignOptions {
  readonly redis: Redis;
  readonly scripts: Scripts;
  readonly runs: number;
  readonly seed: number;
}

/** What a campaign came to. */
export interface CampaignResult {
  readonly runs: number;
  readonly commands: number;
  /** Calls made to Redis. */
  readonly calls: number;
  readonly seconds: number;
  readonly seed: number;
  /** The first broken promise, if any, as short as it could be made. */
  readonly counterexample: string | undefined;
}

/** Interleavings in flight at once, each in a world of its own: one waits for Redis while another computes. */
const SIDE_BY_SIDE = 64;

let worlds = 0;

/** Plays so many random interleavings, and stops at the first that breaks a promise. The same seed plays the same ones. */
export async function campaign({ redis, scripts, runs, seed }: CampaignOptions): Promise<CampaignResult> {
  const startMs = performance.now();
  const parts = () => ({ redis, scripts, prefix: `m${(worlds += 1)}` });
  await new World(parts()).acquaint();
  let commands = 0;
  let calls = 0;
  let played = 0;
  let counterexample: string | undefined;
  while (played < runs && counterexample === undefined) {
    const batchSeed = seed + played;
    const batch = fc.sample(anyInterleaving, { seed: batchSeed, numRuns: Math.min(SIDE_BY_SIDE, runs - played) });
    const outcomes = await Promise.allSettled(batch.map((interleaving) => play(parts(), interleaving)));
    const broken = outcomes.findIndex(({ status }) => status === 'rejected');
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') calls += outcome.value;
    commands += batch.reduce((sum, { length }) => sum + length, 0);
    played += batch.length;
    if (broken >= 0)
      counterexample = await explain(
        (outcomes[broken] as PromiseRejectedResult).reason,
        { seed: batchSeed, path: String(broken) },
        (interleaving) => play(parts(), interleaving),
      );
  }
  return { runs: played, commands, calls, seconds: (performance.now() - startMs) / 1000, seed, counterexample };
}

/** Makes the interleaving as short as it can be and still break a promise. @throws what broke without a promise being broken */
async function explain(
  reason: unknown,
  replay: { readonly seed: number; readonly path: string },
  run: (interleaving: readonly Command[]) => Promise<number>,
): Promise<string> {
  if (!(reason instanceof Violation)) throw reason;
  const property = fc.asyncProperty(anyInterleaving, async (interleaving) => void (await run(interleaving)));
  const details = await fc.check(property, { ...replay, numRuns: 1, endOnFailure: false });
  const promise = details.errorInstance instanceof Error ? details.errorInstance.message : reason.message;
  const steps = (details.counterexample?.[0] ?? []).map((step) => JSON.stringify(step));
  return [`not kept: ${promise}`, `seed ${replay.seed}, path ${replay.path}`, ...steps].join('\n');
}
