import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { Violation } from './invariants.ts';
import type { Stories } from './interleaving.ts';
import type { Scripts } from './scripts.ts';
import { World, type WorldParts } from './world.ts';

/** What every story has, of whatever kind. */
interface AnyStory {
  readonly isCluster: boolean;
  readonly commands: readonly unknown[];
}

export interface CampaignOptions<Story extends AnyStory> {
  readonly redis: Redis;
  readonly scripts: Scripts;
  readonly stories: Stories<Story>;
  readonly runs: number;
  readonly seed: number;
  /** Whether a failure is made as short as it can be: for people, not for mutants. Default true. */
  readonly isShrunk?: boolean;
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

/** Interleavings of one seed; a failing one is found again by its seed and its place in the batch. */
const BATCH_RUNS = 100;

let worlds = 0;

/** Plays so many random interleavings, and stops at the first that breaks a promise. The same seed plays the same ones. */
export async function campaign<Story extends AnyStory>(options: CampaignOptions<Story>): Promise<CampaignResult> {
  const { redis, scripts, stories, runs, seed, isShrunk = true } = options;
  const startMs = performance.now();
  const parts = () => ({ redis, scripts, prefix: `m${(worlds += 1)}` });
  for (const isCluster of [false, true]) await new World({ ...parts(), isCluster }).acquaint();
  const total = { runs: 0, commands: 0, calls: 0 };
  let counterexample: string | undefined;
  while (total.runs < runs && counterexample === undefined) {
    const replay = { seed: seed + total.runs, numRuns: Math.min(BATCH_RUNS, runs - total.runs) };
    const batch = fc.sample(stories.arbitrary, replay);
    const run = (story: Story) => play(parts(), stories, story);
    const { calls, broken } = await playBatch(batch, run);
    total.runs += broken === undefined ? batch.length : broken.index + 1;
    total.commands += batch.reduce((sum, { commands }) => sum + commands.length, 0);
    total.calls += calls;
    if (broken !== undefined)
      counterexample = isShrunk ? await explain(broken, { seed: replay.seed, stories, run }) : promiseOf(broken);
  }
  return { ...total, seconds: (performance.now() - startMs) / 1000, seed, counterexample };
}

/**
 * Plays one interleaving to its end and clears up behind it.
 * @throws Violation when a promise is broken
 * @returns number of calls that were made to Redis
 */
async function play<Story extends AnyStory>(
  parts: Omit<WorldParts, 'isCluster'>,
  stories: Stories<Story>,
  story: Story,
): Promise<number> {
  const world = new World({ ...parts, isCluster: story.isCluster });
  try {
    await stories.tell(world, story);
    return world.calledCount;
  } finally {
    await world.clear();
  }
}

interface Broken {
  readonly index: number;
  readonly reason: unknown;
}

/** Plays a batch side by side. */
async function playBatch<Story>(
  batch: readonly Story[],
  run: (story: Story) => Promise<number>,
): Promise<{ readonly calls: number; readonly broken: Broken | undefined }> {
  const left = batch.entries();
  let calls = 0;
  let broken: Broken | undefined;
  const player = async () => {
    for (const [index, story] of left) {
      if (broken !== undefined) return;
      try {
        const made = await run(story);
        calls += made;
      } catch (reason) {
        broken ??= { index, reason };
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, player));
  return { calls, broken };
}

/** @throws what broke without a promise being broken */
function promiseOf({ reason }: Broken): string {
  if (reason instanceof Violation) return reason.message;
  throw reason;
}

/** Makes the interleaving as short as it can be and still break a promise. @throws what broke without a promise being broken */
async function explain<Story extends AnyStory>(
  { index, reason }: Broken,
  { seed, stories, run }: Replay<Story>,
): Promise<string> {
  const property = fc.asyncProperty(stories.arbitrary, async (story) => void (await run(story)));
  const details = await fc.check(property, { seed, path: String(index), numRuns: 1 });
  const promise = details.errorInstance instanceof Error ? details.errorInstance.message : promiseOf({ index, reason });
  const [shortest] = details.counterexample ?? [];
  const { commands = [], isCluster = false, ...beginning } = shortest ?? {};
  const steps = commands.map((step) => JSON.stringify(step));
  const where = isCluster ? ', on a cluster' : '';
  return [
    `not kept: ${promise}`,
    `seed ${seed}, interleaving ${index}${where}`,
    JSON.stringify(beginning),
    ...steps,
  ].join('\n');
}

interface Replay<Story> {
  readonly seed: number;
  readonly stories: { readonly arbitrary: fc.Arbitrary<Story> };
  readonly run: (story: Story) => Promise<number>;
}
