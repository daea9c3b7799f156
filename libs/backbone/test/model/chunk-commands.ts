import fc from 'fast-check';
import { command, fate, gateway, isReplyLost, perform, transcriber } from './commands.ts';
import { CHOICES } from './uploading-client.ts';
import type { World } from './world.ts';

const choice = fc.constantFrom(...CHOICES);
const times = fc.integer({ min: 1, max: 4 });

/** Everything that may happen to a session of uploads, weighed so that it gets somewhere between its disasters. */
export const anyChunkCommand = fc.oneof(
  { weight: 40, arbitrary: command('send', { gateway, choice }) },
  { weight: 90, arbitrary: command('step', { gateway, times, isReplyLost }) },
  { weight: 50, arbitrary: command('bringIn', { gateway, transcriber }) },
  { weight: 9, arbitrary: command('deceive', {}) },
  { weight: 6, arbitrary: command('crashUploader', { gateway }) },
  { weight: 9, arbitrary: command('claim', { transcriber, isReplyLost }) },
  { weight: 18, arbitrary: command('read', { transcriber }) },
  { weight: 24, arbitrary: command('commit', { transcriber, most: fc.integer({ min: 1, max: 3 }), fate }) },
  { weight: 6, arbitrary: command('straggle', {}) },
  { weight: 6, arbitrary: command('renew', { transcriber, isReplyLost }) },
  { weight: 6, arbitrary: command('release', { transcriber, hasFailed: fc.boolean(), isReplyLost }) },
  { weight: 3, arbitrary: command('crashTranscriber', { transcriber }) },
  { weight: 9, arbitrary: command('leaseRunsOut', {}) },
  { weight: 6, arbitrary: command('keepAlive', {}) },
  { weight: 9, arbitrary: command('windowPasses', {}) },
  { weight: 6, arbitrary: command('reap', {}) },
  { weight: 18, arbitrary: command('replicaStops', {}) },
  { weight: 3, arbitrary: command('reconnect', {}) },
  { weight: 12, arbitrary: command('failOver', {}) },
  { weight: 1, arbitrary: command('lose', { what: fc.constantFrom('everything' as const, 'audio' as const) }) },
  { weight: 1, arbitrary: command('forget', {}) },
);

export type ChunkCommand = typeof anyChunkCommand extends fc.Arbitrary<infer Value> ? Value : never;

/** Calls that bring in any chunk when nothing gets in between: begin, its audio, take, answer. */
export const CALLS_A_CHUNK = 10;

/** Lets one thing happen. @throws Violation when a promise is broken by it */
export async function performChunk(world: World, command: ChunkCommand): Promise<void> {
  switch (command.kind) {
    case 'send':
      return world.uploading.send(command.gateway, command.choice);
    case 'step':
      return world.uploaders[command.gateway]?.stepSome(command.times, command.isReplyLost);
    case 'bringIn':
      return bringIn(world, command);
    case 'deceive':
      return world.uploading.deceive();
    case 'crashUploader':
      return world.uploaders[command.gateway]?.crash();
    default:
      return perform(world, command);
  }
}

/** A moment without a disaster: a chunk is sent, stored, read and answered. */
async function bringIn(world: World, { gateway, transcriber }: Extract<ChunkCommand, { kind: 'bringIn' }>) {
  const listener = world.transcribers[transcriber];
  world.uploading.send(gateway, 'next');
  await world.uploaders[gateway]?.stepSome(CALLS_A_CHUNK, false);
  if (!listener?.isHolding) await listener?.claim(false);
  await listener?.read();
  await listener?.commit(1, 'ok');
}
