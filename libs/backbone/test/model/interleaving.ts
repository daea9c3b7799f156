import fc from 'fast-check';
import { anyCommand, perform } from './commands.ts';
import { letLeaseRunOut } from './disasters.ts';
import { insist } from './invariants.ts';
import { endFrameOf, endReasonOf, logOf, type Message } from './ledger.ts';
import type { Look } from './look.ts';
import { SPOKEN_FRAMES } from './client.ts';
import type { World } from './world.ts';

/** One story of a session: what happens, in order. The rest of the story is always the same: everything is brought to its end. */
const anyInterleaving = fc.record({
  isCluster: fc.boolean(),
  commands: fc.array(anyCommand, { maxLength: 60, size: 'max' }),
});
type Interleaving = typeof anyInterleaving extends fc.Arbitrary<infer Value> ? Value : never;

/** A kind of session and what may happen to it. */
export interface Stories<Story extends { readonly isCluster: boolean; readonly commands: readonly unknown[] }> {
  readonly arbitrary: fc.Arbitrary<Story>;
  /** Tells one to its end. @throws Violation when a promise is broken */
  tell(world: World, story: Story): Promise<void>;
}

/** Of a session that is spoken over WebSockets. */
export const STREAM_STORIES: Stories<Interleaving> = {
  arbitrary: anyInterleaving,
  async tell(world, { commands }) {
    await world.client.open();
    for (const command of commands) await perform(world, command);
    await bringToEnd(world);
  },
};

/** Turns after which a session that is not over will never be. Each takes a few entries and commits them. */
export const MOST_TURNS = 40;

async function bringToEnd(world: World): Promise<void> {
  const [fresh] = world.transcribers;
  if (fresh === undefined || world.look.state === undefined) return checkGone(world);
  world.reconnect();
  await letLeaseRunOut(world);
  await fresh.claim(false);
  for (let turn = 0; turn < MOST_TURNS && !isOver(world); turn += 1) {
    await speakOn(world);
    await fresh.read();
    await fresh.commit(3, 'ok');
    if (!fresh.isHolding && !isOver(world)) await fresh.claim(false);
    // whoever slept wakes now, and must find that it is too late
    for (const zombie of world.transcribers.slice(1)) await zombie.commit(1, 'ok');
    for (const link of world.links) await link?.offer(false);
  }
  await hearTheRest(world);
  if (!world.isBroken) checkOutcome(world);
}

/** Nothing is left to be said or recognised. */
export function isOver({ look }: World): boolean {
  return look.state === 'ended' || look.state === undefined;
}

/** The client does what it must to be heard to the end: comes back when it was cut off, sends what is missing, and ends. */
async function speakOn(world: World): Promise<void> {
  const { client } = world;
  if (!client.isConnected) await client.resume(0, false);
  client.speak(2);
}

async function hearTheRest(world: World): Promise<void> {
  const { client, links } = world;
  if (!client.hasHeardTheEnd) await client.resume(0, false);
  for (const link of links) link?.text.settle();
}

/** Nothing brings back a session that is gone: no key of it appears again, whoever still writes to it. */
async function checkGone(world: World): Promise<void> {
  for (const transcriber of world.transcribers) await transcriber.commit(1, 'ok');
  for (const link of world.links) await link?.offerSome(2, false);
  const { audioEndFrame, log } = world.look;
  insist(audioEndFrame === undefined && log.length === 0, 'no late writer brings back a session that is gone');
}

function checkOutcome(world: World): void {
  const { client, look } = world;
  if (checkLogged(world))
    insist(isSame(client.transcript, look.log), 'the client has the whole text, once and in order');
}

/**
 * The log of a session that was brought to its end is what was said.
 * @returns false when the client cannot have all of it: what a failover took back from a session that nobody returned to is lost with the
 *   client that could have sent it again
 */
export function checkLogged({ look, hasFailedOver, hasLostItsExpiry }: World): boolean {
  if (look.state === 'expiring' && hasFailedOver) {
    checkUnheard(look);
    return false;
  }
  insist(look.state === 'ended', 'every session comes to its end');
  const reason = endReasonOf(look.log) ?? 'none';
  const frames = endFrameOf(look.log);
  insist(reason === 'expire' || frames === SPOKEN_FRAMES, 'a session that its client ended has all that was said');
  insist(isSame(look.log, logOf(frames, reason)), 'the log is what was said, once and in order');
  return !hasLostItsExpiry && !(reason === 'expire' && hasFailedOver);
}

/**
 * A known limit: the audio that a failover took back had been heard, the client never came back to send it again, and the reaper's
 * mark went behind what is left, where nobody reads any more. The session ends with its keys' TTL, without `session_ended`.
 */
function checkUnheard({ audioEndFrame = 0, progress }: Look): void {
  insist(audioEndFrame < progress.frame, 'every session comes to its end');
}

function isSame(a: readonly Message[], b: readonly Message[]): boolean {
  return a.length === b.length && a.every(({ json }, index) => json === b[index]?.json);
}
