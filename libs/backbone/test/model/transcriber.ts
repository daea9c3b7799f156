import type { Redis } from 'ioredis';
import { decodeEntry } from '../../src/audio/audio-entry.ts';
import type { AudioEntry } from '../../src/faces.ts';
import type { CommitCall, Lease } from './calls.ts';
import { insist, Violation } from './invariants.ts';
import {
  decodeProgress,
  framesIn,
  frameOf,
  recognise,
  recogniseEnd,
  samplesOf,
  type Message,
  type Progress,
} from './ledger.ts';
import type { World } from './world.ts';

/** A session as its holder sees it; what it believes may be long out of date. */
interface Held extends Lease {
  readonly heard: Map<number, number>;
  heardFrame: number;
  cursor: string;
  end: { readonly frame: number; readonly reason: string } | undefined;
  seq: number;
  progress: Progress;
  /** A call whose answer was lost: it is made again, unchanged, before anything else. */
  unanswered: CommitCall | undefined;
}

/** The reader of the product takes fifty; a few make more moments at which something may happen. */
const ENTRIES_PER_READ = 3;

/** A commit that is late hangs in the network while its sender has given up waiting, and arrives at some other time or never. */
export type CommitFate = 'ok' | 'reply_lost' | 'late';

/** A transcriber that may stand still at any moment and go on with what it last knew. */
export class Transcriber {
  readonly #world: World;
  readonly #nodeId: string;
  #held: Held | undefined;

  constructor(world: World, nodeId: string) {
    this.#world = world;
    this.#nodeId = nodeId;
  }

  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  async claim(isReplyLost: boolean): Promise<void> {
    const { calls, oracle, look } = this.#world;
    const reply = await this.#world.ask(calls.claim(this.#nodeId));
    if (reply.kind !== 'CLAIMED') return;
    const { fence, seq, checkpoint = '' } = reply;
    const { failedOwners } = oracle;
    if (!this.#world.isBroken) {
      insist(fence === look.fence + 1, 'each claim is given a fence of its own, one higher');
      insist(!oracle.isLeaseAlive, 'nobody is given a session whose owner has a live lease');
      insist(reply.failedOwners === failedOwners, 'the record counts the owners that failed in a row');
    }
    this.#world.know({ claim: { fence, nodeId: this.#nodeId }, failedOwners, isLeaseAlive: true });
    if (isReplyLost) return;
    const progress = decodeProgress(checkpoint);
    this.#held = {
      ...{ fence, nodeId: this.#nodeId, seq, progress, heard: new Map(), heardFrame: progress.frame },
      ...{ cursor: `${samplesOf(progress.frame)}-0`, end: undefined, unanswered: undefined },
    };
  }

  async read(): Promise<void> {
    const held = this.#held;
    if (held === undefined || held.end !== undefined) return;
    for (const entry of await readEntries(this.#world, held.cursor)) {
      held.cursor = entry.streamId;
      if (!hear(held, entry)) return this.#missAudio(held);
    }
  }

  /** Commits up to `most` steps of the recogniser in one call, or the end when nothing is left but that. */
  async commit(most: number, fate: CommitFate): Promise<void> {
    const held = this.#held;
    const call = held?.unanswered ?? (held && nextCommit(held, most));
    if (held === undefined || call === undefined) return;
    held.unanswered = call;
    if (fate === 'late') return this.#world.hold(call);
    const reply = await this.#world.commit(call);
    if (reply === 'CONFLICT') throw new Violation('an owner and the log never contradict each other');
    if (fate === 'reply_lost') return;
    if (reply === 'FENCED' || call.ends) this.#held = undefined;
    else if (reply === 'ROLLED_BACK') await this.#leave(held, false);
    else Object.assign(held, { unanswered: undefined, progress: call.progress, seq: call.progress.seq });
  }

  /** A recogniser that says something else the second time: the log must not take it. */
  async contradict(): Promise<void> {
    const held = this.#held;
    // a number that a failover took back is free again
    const isTaken = held !== undefined && held.seq > 0 && held.seq <= this.#world.look.seq;
    if (!isTaken || held.unanswered !== undefined) return;
    const messages = [{ seq: held.seq, json: '{"type":"final","words":[0]}' }];
    const { fence, nodeId, progress, seq } = held;
    const call = { fence, nodeId, afterSeq: seq - 1, messages, progress, ends: false };
    const reply = await this.#world.ask(this.#world.calls.commit(call));
    insist(reply !== 'COMMITTED' && reply !== 'ALREADY', 'other content under a number that is taken is refused');
  }

  async renew(isReplyLost: boolean): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    const reply = await this.#world.ask(this.#world.calls.renew(held));
    if (reply === 'RENEWED') {
      insist(this.#isNewest(held), 'only the holder of the newest claim renews it');
      this.#world.know({ isLeaseAlive: true });
    } else if (!isReplyLost) this.#held = undefined;
  }

  async release(hasFailed: boolean, isReplyLost: boolean): Promise<void> {
    const held = this.#held;
    // a session is handed back when nothing of it is on its way
    if (held === undefined || (held.unanswered !== undefined && !hasFailed)) return;
    await this.#leave(held, hasFailed);
    if (isReplyLost) this.#held = held;
  }

  crash(): void {
    this.#held = undefined;
  }

  async #leave(held: Held, hasFailed: boolean): Promise<void> {
    const reply = await this.#world.ask(this.#world.calls.release(held, hasFailed));
    this.#held = undefined;
    if (reply !== 'RELEASED') return;
    insist(this.#isNewest(held), 'only the holder of the newest claim gives it back');
    const { failedOwners } = this.#world.oracle;
    this.#world.know({ claim: undefined, failedOwners: failedOwners + (hasFailed ? 1 : 0), isLeaseAlive: false });
  }

  /** The owner's audio is trimmed by itself only; whoever was overtaken may find a hole, and fails. */
  async #missAudio(held: Held): Promise<void> {
    insist(!this.#isNewest(held), 'no audio is missing between two entries');
    await this.#leave(held, true);
  }

  #isNewest({ fence, nodeId }: Lease): boolean {
    const newest = this.#world.oracle.claim;
    return newest?.fence === fence && newest.nodeId === nodeId;
  }
}

async function readEntries(world: World, cursor: string): Promise<readonly AudioEntry[]> {
  const redis: Redis = world.redis;
  const key = world.keys.audio(world.sessionId);
  const entries = await redis.xrangeBuffer(key, `(${cursor}`, '+', 'COUNT', ENTRIES_PER_READ);
  return entries.flatMap(([id, fields]) => decodeEntry(id.toString(), fields) ?? []);
}

/** False when audio is missing before the entry. What was heard before is skipped. */
function hear(held: Held, entry: AudioEntry): boolean {
  if (held.end !== undefined) return true;
  if (entry.kind === 'control') {
    held.end = { frame: frameOf(entry.atSample), reason: entry.control };
    return true;
  }
  const frames = framesIn(entry.pcm);
  const first = frameOf(entry.endSample) - frames.length + 1;
  if (first > held.heardFrame + 1) return false;
  frames.forEach((content, index) => {
    const frame = first + index;
    if (frame > held.heardFrame) held.heard.set(frame, content);
  });
  held.heardFrame = Math.max(held.heardFrame, frameOf(entry.endSample));
  return true;
}

function nextCommit(held: Held, most: number): CommitCall | undefined {
  const messages: Message[] = [];
  let { progress } = held;
  let steps = 0;
  for (; steps < most; steps += 1) {
    const step = recognise(progress, held.heard);
    if (step === undefined || step.progress.frame > (held.end?.frame ?? Infinity)) break;
    messages.push(...step.messages);
    progress = step.progress;
  }
  const { fence, nodeId, seq: afterSeq } = held;
  if (steps > 0) return { fence, nodeId, afterSeq, messages, progress, ends: false };
  if (held.end === undefined) return undefined;
  return { fence, nodeId, afterSeq, ...recogniseEnd(progress, held.heard, held.end), ends: true };
}
