import fc from 'fast-check';
import { anyChunkCommand, CALLS_A_CHUNK, performChunk } from './chunk-commands.ts';
import { letLeaseRunOut, letWindowPass } from './disasters.ts';
import { insist } from './invariants.ts';
import { checkLogged, isOver, MOST_TURNS, type Stories } from './interleaving.ts';
import type { World } from './world.ts';

/** One story of a session whose audio comes in uploads: how it is cut into chunks, and what happens. */
const anyChunkInterleaving = fc.record({
  isCluster: fc.boolean(),
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 9 }),
  commands: fc.array(anyChunkCommand, { maxLength: 60, size: 'max' }),
});
type ChunkInterleaving = typeof anyChunkInterleaving extends fc.Arbitrary<infer Value> ? Value : never;

export const CHUNK_STORIES: Stories<ChunkInterleaving> = {
  arbitrary: anyChunkInterleaving,
  async tell(world, { sizes, commands }) {
    await world.uploading.open(sizes);
    for (const command of commands) await performChunk(world, command);
    await bringToEnd(world);
  },
};

/** A client that was answered to the end does not come back, whatever a failover took back since. */
const LAST_SEEN_TURN = MOST_TURNS / 2;

async function expire(world: World): Promise<void> {
  await letWindowPass(world);
  await world.reap();
}

async function bringToEnd(world: World): Promise<void> {
  const [fresh] = world.transcribers;
  if (fresh === undefined || world.look.state === undefined) return checkGone(world);
  world.reconnect();
  await letLeaseRunOut(world);
  await fresh.claim(false);
  for (let turn = 0; turn < MOST_TURNS && !isOver(world); turn += 1) {
    if (turn === LAST_SEEN_TURN) await expire(world);
    await speakOn(world);
    await fresh.read();
    await fresh.commit(3, 'ok');
    if (!fresh.isHolding && !isOver(world)) await fresh.claim(false);
    for (const zombie of world.transcribers.slice(1)) await zombie.commit(1, 'ok');
  }
  await speakOn(world);
  if (!world.isBroken) checkOutcome(world);
}

/** The client sends what was not answered, and every gateway goes on with what it has. */
async function speakOn(world: World): Promise<void> {
  for (const [gateway, uploader] of world.uploaders.entries()) {
    await uploader.stepSome(CALLS_A_CHUNK, false);
    world.uploading.send(gateway, 'next');
    await uploader.stepSome(CALLS_A_CHUNK, false);
  }
}

/** Nothing brings back a session that is gone: no key of it appears again, whichever gateway still works on it. */
async function checkGone(world: World): Promise<void> {
  await speakOn(world);
  await world.ask(world.calls.answer(0, false));
  const { hasRecord, audioEndFrame, log } = world.look;
  insist(
    !hasRecord && audioEndFrame === undefined && log.length === 0,
    'no late upload brings back a session that is gone',
  );
}

function checkOutcome(world: World): void {
  const { uploading, hasFailedOver, oracle } = world;
  const isHeard = checkLogged(world);
  if (!isHeard || hasFailedOver || !uploading.isDone) return;
  let told = 0;
  const ranges = [...uploading.answers.values()].sort((a, b) => a.afterSeq - b.afterSeq || a.upToSeq - b.upToSeq);
  for (const { afterSeq, upToSeq } of ranges) {
    if (afterSeq === upToSeq) continue;
    insist(afterSeq === told, 'the answers together tell every final once');
    told = upToSeq;
  }
  insist(told === oracle.chunks.toldSeq, 'no answer is missing that was decided');
}
