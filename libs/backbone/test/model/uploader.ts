import { audioEntryId } from '../../src/audio/audio-entry.ts';
import type { BeginChunkReply } from '../../src/scripts/begin-chunk.ts';
import { KEPT_ANSWERS, type TakeCall } from './calls.ts';
import { decodeChunk, type Chunk } from './chunks.ts';
import { LONG_AGO_MS } from './disasters.ts';
import { insist } from './invariants.ts';
import { frameOf, samplesOf } from './ledger.ts';
import { CLIENT_BYTES } from './link.ts';
import type { World } from './world.ts';
import { Writer } from './writer.ts';

/** What a gateway does next with its upload: each is one call to Redis. */
type Stage =
  | { readonly kind: 'begin' }
  | { readonly kind: 'store'; readonly writer: Writer; readonly taking: TakeCall }
  | { readonly kind: 'answer'; readonly index: number };

/** The gateway's own idea of a connection, the same for all uploads. */
const UPLOADS_CONNECTION = 1;

/** A gateway that brings one upload at a time into the session, step by step, and may stand still between any two. */
export class Uploader {
  readonly #world: World;
  #chunk: Chunk | undefined;
  /** `undefined`: the client gave no index with it. */
  #index: number | undefined;
  #stage: Stage = { kind: 'begin' };

  constructor(world: World) {
    this.#world = world;
  }

  get isIdle(): boolean {
    return this.#chunk === undefined;
  }

  receive(chunk: Chunk, hasIndex: boolean): void {
    this.#chunk = chunk;
    this.#index = hasIndex ? chunk.index : undefined;
    this.#stage = { kind: 'begin' };
  }

  crash(): void {
    this.#chunk = undefined;
  }

  reconnected(): void {
    if (this.#stage.kind === 'store') this.#stage.writer.reconnected();
  }

  /** Makes the next calls; the answer of the last one may be lost, then it is made again. */
  async stepSome(times: number, isReplyLost: boolean): Promise<void> {
    for (let time = 1; time <= times; time += 1) await this.step(isReplyLost && time === times);
  }

  async step(isReplyLost: boolean): Promise<void> {
    const [chunk, stage] = [this.#chunk, this.#stage];
    if (chunk === undefined) return;
    if (stage.kind === 'begin') return this.#begin(chunk, isReplyLost);
    if (stage.kind === 'answer') return this.#answer(stage.index, isReplyLost);
    if (stage.writer.isLost) this.#stage = { kind: 'begin' };
    else if (!stage.writer.isDrained) await stage.writer.offer(isReplyLost);
    else await this.#take(stage.taking, isReplyLost);
  }

  async #begin(chunk: Chunk, isReplyLost: boolean): Promise<void> {
    const { calls, oracle } = this.#world;
    const { digest } = chunk;
    // without its index it would be taken for another one: that is the client's own fault
    if (this.#index === undefined && chunk.index !== oracle.chunks.next) return this.crash();
    const reply = await this.#world.ask(calls.begin({ index: this.#index, digest, isFirst: false }));
    if (!this.#world.isBroken) this.#checkBegun(chunk, reply);
    if (isReplyLost) return;
    switch (reply.kind) {
      case 'BEGUN':
        this.#index = reply.index;
        return this.#store(chunk, reply);
      case 'TAKEN':
        this.#stage = { kind: 'answer', index: reply.index };
        return;
      case 'AHEAD':
        this.#world.uploading.goBackTo(oracle.chunks.next);
        return this.crash();
      default:
        this.crash();
    }
  }

  #checkBegun({ index }: Chunk, reply: BeginChunkReply): void {
    const { oracle, look } = this.#world;
    const { next, decoder, toldSeq, takenFrame, finalIndex, answers } = oracle.chunks;
    const isOver = look.state === 'expiring' || look.state === 'ended' || finalIndex !== undefined;
    insist(reply.kind !== 'OTHER_BYTES', 'a chunk that is repeated unchanged is never refused for its bytes');
    insist(reply.kind !== 'NOT_CHUNKED' && reply.kind !== 'GONE', 'a chunk session that is there is found');
    insist((reply.kind === 'TAKEN') === index < next, 'a chunk is taken, or it is not, as it was answered before');
    if (reply.kind === 'OVER') insist(isOver, 'nobody is told that a session is over which goes on');
    if (reply.kind === 'AHEAD')
      insist(index > next && reply.index === next, 'who comes too early is told which one is next');
    if (reply.kind === 'TAKEN') {
      insist(reply.isAnswered === answers.has(index), 'an answer that was decided is known');
      insist(reply.told === toldSeq, 'what was told before is known');
    }
    if (reply.kind !== 'BEGUN') return;
    insist(!isOver, 'nobody goes on with a session that is over');
    insist(index === next && reply.index === next, 'chunks begin in their order');
    insist(reply.decoder === decoder, 'a decoder goes on from the state that the last chunk left');
    insist(reply.told === toldSeq, 'what was told before is known');
    insist(reply.sample >= samplesOf(takenFrame), 'audio of chunks that were taken is stored');
    insist(look.state === 'live' && look.expiresAtMs > LONG_AGO_MS, 'the reaper keeps away from an upload');
  }

  #store(chunk: Chunk, begun: Extract<BeginChunkReply, { kind: 'BEGUN' }>): void {
    const { entries, decoder, givenFrame } = decodeChunk(begun.decoder, chunk);
    const writer = new Writer(this.#world, { connection: UPLOADS_CONNECTION, storedId: audioEntryId(begun.sample) });
    // what an earlier try has stored is left out
    for (const entry of entries) if ((entry.position?.sample ?? 0) > begun.sample) writer.push(entry);
    const { digest, isFinal } = chunk;
    const stored = { sample: samplesOf(givenFrame), clientBytes: givenFrame * CLIENT_BYTES };
    this.#stage = { kind: 'store', writer, taking: { index: begun.index, digest, decoder, ...stored, isFinal } };
  }

  async #take(taking: TakeCall, isReplyLost: boolean): Promise<void> {
    const { oracle } = this.#world;
    const before = this.#world.look;
    const reply = await this.#world.ask(this.#world.calls.take(taking));
    const { next } = oracle.chunks;
    const { index, sample } = taking;
    if (!this.#world.isBroken) {
      const isInPlace = index === next && before.audioEndFrame === frameOf(sample);
      insist(reply !== 'OTHER_BYTES', 'a chunk that is repeated unchanged is never refused for its bytes');
      insist((reply === 'ALREADY') === (index === next - 1), 'whoever takes the same chunk again is told so');
      if (reply === 'MOVED') insist(!isInPlace, 'an upload that is stored whole is taken');
      if (reply === 'TAKEN') insist(isInPlace, 'a chunk is taken once, in its order, behind all of its audio');
      if (reply === 'TAKEN') this.#checkTaken(taking, before.state);
      insist(reply !== 'GONE', 'a chunk session that is there is found');
    }
    if (reply === 'TAKEN') this.#knowTaken(taking);
    if (isReplyLost) return;
    if (reply === 'TAKEN' || reply === 'ALREADY') this.#stage = { kind: 'answer', index };
    else if (reply === 'MOVED') this.#stage = { kind: 'begin' };
    else this.crash();
  }

  #checkTaken({ isFinal }: TakeCall, stateBefore: string | undefined): void {
    const { state, expiresAtMs, audio } = this.#world.look;
    insist(stateBefore !== 'expiring' && stateBefore !== 'ended', 'nothing is taken into a session that is over');
    insist(
      state === 'detached' && expiresAtMs > LONG_AGO_MS,
      'a session waits for its next chunk, to the end of its window',
    );
    const isEnded = audio.at(-1)?.control === 'end';
    insist(!isFinal || isEnded, 'the end stands behind the audio of a final chunk');
  }

  #knowTaken({ index, decoder, sample, isFinal }: TakeCall): void {
    const { chunks } = this.#world.oracle;
    const { finalIndex = isFinal ? index : undefined } = chunks;
    const takenFrame = frameOf(sample);
    this.#world.know({ chunks: { ...chunks, next: index + 1, decoder, takenFrame, finalIndex } });
  }

  async #answer(index: number, isReplyLost: boolean): Promise<void> {
    const { oracle } = this.#world;
    const { answers, toldSeq, next } = oracle.chunks;
    const known = answers.get(index);
    const range = await this.#world.ask(this.#world.calls.answer(index, known !== undefined));
    if (range === undefined) {
      insist(this.#world.isBroken, 'a chunk session that is there is found');
      return this.crash();
    }
    const { afterSeq, upToSeq } = range;
    const isOld = known === undefined && index + KEPT_ANSWERS < next;
    const expected = known ?? { afterSeq: isOld ? this.#world.look.seq : toldSeq, upToSeq: this.#world.look.seq };
    const isRight = afterSeq === expected.afterSeq && upToSeq === expected.upToSeq;
    if (!this.#world.isBroken) insist(isRight, 'each final is told in one answer, and again to whoever asks again');
    if (known === undefined && !isOld) {
      const kept = new Map(answers).set(index, range);
      kept.delete(index - KEPT_ANSWERS);
      this.#world.know({ chunks: { ...oracle.chunks, toldSeq: upToSeq, answers: kept } });
    }
    if (isReplyLost) return;
    this.#world.uploading.hear(index, range);
    this.crash();
  }
}
