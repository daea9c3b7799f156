import fc from 'fast-check';
import { failOver, forget, letLeaseRunOut, letWindowPass, lose, takeReplica } from './disasters.ts';
import { CHANNEL_MOODS } from './text.ts';
import type { CommitFate } from './transcriber.ts';
import type { World } from './world.ts';

export const gateway = fc.nat(1);
export const transcriber = fc.nat(2);
/** One answer in five does not arrive. */
export const isReplyLost = fc.nat(4).map((chance) => chance === 4);

/** Of five commits one loses its answer and one hangs in the network. */
export const fate = fc.constantFrom<CommitFate>('ok', 'ok', 'ok', 'reply_lost', 'late');

/** A command with its fields, each of any value that is given for it. */
export function command<Kind extends string, Fields extends Record<string, fc.Arbitrary<unknown>>>(
  kind: Kind,
  fields: Fields,
) {
  return fc.record({ kind: fc.constant(kind), ...fields }) as fc.Arbitrary<
    { readonly kind: Kind } & {
      readonly [Name in keyof Fields]: Fields[Name] extends fc.Arbitrary<infer T> ? T : never;
    }
  >;
}

/** Everything that may happen next, weighed so that a session gets somewhere between its disasters. */
export const anyCommand = fc.oneof(
  { weight: 30, arbitrary: command('speak', { frames: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 42, arbitrary: command('offer', { gateway, times: fc.integer({ min: 1, max: 3 }), isReplyLost }) },
  { weight: 24, arbitrary: command('claim', { transcriber, isReplyLost }) },
  { weight: 36, arbitrary: command('read', { transcriber }) },
  { weight: 42, arbitrary: command('commit', { transcriber, most: fc.integer({ min: 1, max: 3 }), fate }) },
  { weight: 18, arbitrary: command('straggle', {}) },
  { weight: 60, arbitrary: command('flow', { transcriber, via: gateway, frames: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 6, arbitrary: command('contradict', { transcriber }) },
  { weight: 36, arbitrary: command('renew', { transcriber, isReplyLost }) },
  { weight: 24, arbitrary: command('release', { transcriber, hasFailed: fc.boolean(), isReplyLost }) },
  { weight: 6, arbitrary: command('crashTranscriber', { transcriber }) },
  { weight: 24, arbitrary: command('leaseRunsOut', {}) },
  { weight: 15, arbitrary: command('resume', { gateway, isReplyLost }) },
  { weight: 6, arbitrary: command('oldToken', { back: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 6, arbitrary: command('hangUp', {}) },
  { weight: 9, arbitrary: command('detach', { gateway }) },
  { weight: 6, arbitrary: command('keepAlive', {}) },
  { weight: 3, arbitrary: command('crashGateway', { gateway }) },
  { weight: 6, arbitrary: command('windowPasses', {}) },
  { weight: 6, arbitrary: command('reap', {}) },
  { weight: 18, arbitrary: command('channel', { gateway, mood: fc.constantFrom(...CHANNEL_MOODS) }) },
  { weight: 12, arbitrary: command('readLog', { gateway }) },
  { weight: 12, arbitrary: command('answerRead', { gateway, hasFailed: isReplyLost }) },
  { weight: 6, arbitrary: command('catchUp', { gateway }) },
  { weight: 18, arbitrary: command('replicaStops', {}) },
  { weight: 3, arbitrary: command('reconnect', {}) },
  { weight: 15, arbitrary: command('failOver', {}) },
  { weight: 1, arbitrary: command('lose', { what: fc.constantFrom('everything' as const, 'audio' as const) }) },
  { weight: 1, arbitrary: command('forget', {}) },
);

export type Command = typeof anyCommand extends fc.Arbitrary<infer Value> ? Value : never;

/** Lets one thing happen. @throws Violation when a promise is broken by it */
export function perform(world: World, command: Command): Promise<void> | void {
  if ('transcriber' in command) return performTranscribing(world, command);
  if ('gateway' in command) return performAtGateway(world, command);
  switch (command.kind) {
    case 'speak':
      return world.client.speak(command.frames);
    case 'oldToken':
      return world.client.useOldToken(command.back);
    case 'hangUp':
      return world.client.hangUp();
    case 'keepAlive':
      return world.keepAlive();
    case 'leaseRunsOut':
      return letLeaseRunOut(world);
    case 'windowPasses':
      return letWindowPass(world);
    case 'reap':
      return world.reap();
    case 'straggle':
      return world.deliverStraggler();
    case 'reconnect':
      return world.reconnect();
    case 'replicaStops':
      return takeReplica(world).then((replica) => void (world.replica = replica));
    case 'failOver':
      return world.replica && !world.isBroken ? failOver(world, world.replica) : undefined;
    case 'lose':
      return lose(world, command.what);
    case 'forget':
      return forget(world);
  }
}

function performTranscribing(world: World, command: Extract<Command, { transcriber: number }>): Promise<void> | void {
  const transcriber = world.transcribers[command.transcriber];
  switch (command.kind) {
    case 'flow':
      return flow(world, command);
    case 'claim':
      return transcriber?.claim(command.isReplyLost);
    case 'read':
      return transcriber?.read();
    case 'commit':
      return transcriber?.commit(command.most, command.fate);
    case 'contradict':
      return transcriber?.contradict();
    case 'renew':
      return transcriber?.renew(command.isReplyLost);
    case 'release':
      return transcriber?.release(command.hasFailed, command.isReplyLost);
    case 'crashTranscriber':
      return transcriber?.crash();
  }
}

/** A moment without a disaster: something is said, stored, read and committed. */
async function flow(world: World, { transcriber, via, frames }: Extract<Command, { kind: 'flow' }>): Promise<void> {
  const listener = world.transcribers[transcriber];
  world.client.speak(frames);
  await world.links[via]?.offerSome(2, false);
  if (!listener?.isHolding) await listener?.claim(false);
  await listener?.read();
  await listener?.commit(1, 'ok');
}

function performAtGateway(world: World, command: Extract<Command, { gateway: number }>): Promise<void> | void {
  const link = world.links[command.gateway];
  switch (command.kind) {
    case 'offer':
      return link?.offerSome(command.times, command.isReplyLost);
    case 'resume':
      return world.client.resume(command.gateway, command.isReplyLost);
    case 'detach':
      return link && world.detach(link);
    case 'crashGateway':
      return world.crashGateway(command.gateway);
    case 'channel':
      return link?.text.hear(command.mood);
    case 'readLog':
      return link?.text.lookIntoLog();
    case 'answerRead':
      return link?.text.answerRead(command.hasFailed);
    case 'catchUp':
      return link?.text.catchUp();
  }
}
