import type { Redis } from 'ioredis';
import type { SessionId } from '@verbatim/protocol';
import { createKeys, type Keys } from '../../src/keys.ts';
import { createCalls, type Answer, type Calls, type CommitCall, type Lease } from './calls.ts';
import { Client } from './client.ts';
import type { Replica } from './disasters.ts';
import { checkStanding, checkTextKept, checkUnchanged, insist } from './invariants.ts';
import { NOTHING_YET } from './ledger.ts';
import { takeLook, type Look } from './look.ts';
import type { Link } from './link.ts';
import { NO_CHUNKS, type ChunkKnowledge } from './chunks.ts';
import type { Scripts } from './scripts.ts';
import { Transcriber } from './transcriber.ts';
import { Uploader } from './uploader.ts';
import { UploadingClient } from './uploading-client.ts';

/**
 * What the model knows without asking the record. Invariant: it follows the answers only, and goes back with Redis at a failover.
 */
export interface Oracle {
  /** The claim that was granted last; only its holder may write. */
  readonly claim: Lease | undefined;
  /** Owners in a row that were lost with nothing committed in between. */
  readonly failedOwners: number;
  /** The newest resume token that was used. */
  readonly usedToken: number;
  /** Nobody else is given the session while its lease lives. */
  readonly isLeaseAlive: boolean;
  /** The connection that was granted last; only its gateway may say that the client is gone. */
  readonly connection: number;
  /** Of a session whose audio comes in uploads. */
  readonly chunks: ChunkKnowledge;
}

const NOTHING_HAPPENED: Oracle = {
  claim: undefined,
  failedOwners: 0,
  usedToken: 0,
  isLeaseAlive: false,
  connection: 1,
  chunks: NO_CHUNKS,
};

/** More than that do not hang in a network at once. */
const MOST_STRAGGLERS = 3;

const SESSION_ID = `s00-${'0'.repeat(32)}` as SessionId;

const TRANSCRIBERS = 3;
const GATEWAYS = 2;

export interface WorldParts {
  readonly redis: Redis;
  readonly scripts: Scripts;
  readonly isCluster: boolean;
  /** Nobody else's: worlds live side by side in one Redis. */
  readonly prefix: string;
}

/** One session, all who have to do with it, and what is known of it. */
export class World {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly sessionId = SESSION_ID;
  readonly isCluster: boolean;
  readonly calls: Calls;
  readonly client = new Client(this);
  readonly transcribers = Array.from({ length: TRANSCRIBERS }, (_, index) => new Transcriber(this, `t${index + 1}`));
  /** A gateway has one connection to this session's client at the most. */
  readonly links: (Link | undefined)[] = Array.from({ length: GATEWAYS }, () => undefined);
  /** In place of the two above, when the audio comes in uploads: the client, and the upload that each gateway works on. */
  readonly uploading = new UploadingClient(this);
  readonly uploaders = Array.from({ length: GATEWAYS }, () => new Uploader(this));
  oracle = NOTHING_HAPPENED;
  /** Stored state was lost behind the session's back, or somebody deleted it: no promise but a true answer. */
  isBroken = false;
  hasFailedOver = false;
  /** A failover took back that the reaper ended the session, and a last final with it that only this end had made. */
  hasLostItsExpiry = false;
  /** What the next failover goes back to. */
  replica: Replica | undefined;
  /** Commits that hang in the network; whoever sent them has given up waiting. */
  readonly stragglers: CommitCall[] = [];
  calledCount = 0;
  #look: Look | undefined;

  constructor({ redis, scripts, isCluster, prefix }: WorldParts) {
    this.redis = redis;
    this.isCluster = isCluster;
    this.keys = createKeys(prefix);
    this.calls = createCalls({ redis, scripts, isCluster, keys: this.keys, sessionId: this.sessionId });
  }

  /**
   * Makes every call once, so that Redis knows every script. A call whose script it does not know is made twice, and the second time
   * behind the look that should see what it did.
   */
  async acquaint(): Promise<void> {
    const nobody = { fence: 0, nodeId: '' };
    await this.calls.open();
    await this.calls.claim('t0');
    await this.calls.commit({ ...nobody, afterSeq: 0, messages: [], progress: NOTHING_YET, ends: false });
    await this.calls.renew(nobody);
    await this.calls.release(nobody, false);
    await this.calls.resume(0);
    await this.calls.detach(0);
    await this.calls.append({ streamId: '1-0', fields: ['c', '', 'b', '0'], bytes: 0, position: undefined }, '0-0');
    await this.calls.verify(0, '0-0');
    await this.calls.begin({ index: 0, digest: '', isFirst: true });
    await this.calls.take({ index: 0, digest: '', decoder: '', sample: 1, clientBytes: 0, isFinal: false });
    await this.calls.answer(0, false);
    await this.calls.keepAlive();
    await this.calls.expire();
    await this.calls.delete();
    await this.lookAgain();
    await this.clear();
  }

  /** What Redis held after the last call. */
  get look(): Look {
    if (this.#look === undefined) throw new Error('nobody has looked yet');
    return this.#look;
  }

  /** Makes a call, sees what it did, and holds that against the promises. The look travels behind the call on the same connection. */
  async ask<Reply>(asking: Promise<Answer<Reply>>): Promise<Reply> {
    this.calledCount += 1;
    const before = this.#look;
    const [{ reply, changedNothing }, after] = await Promise.all([asking, this.#takeLook()]);
    this.#look = after;
    if (before !== undefined) {
      if (changedNothing) checkUnchanged(before, after);
      checkTextKept(before, after);
      this.#publish(after.log.slice(before.log.length));
    }
    if (!this.isBroken) checkStanding(after);
    return reply;
  }

  async keepAlive(): Promise<void> {
    await this.ask(this.calls.keepAlive());
  }

  async reap(): Promise<void> {
    await this.ask(this.calls.expire());
  }

  /** Gateways notice that their connection to Redis was cut. */
  reconnect(): void {
    for (const link of this.links) link?.reconnected();
    for (const uploader of this.uploaders) uploader.reconnected();
  }

  /** Makes a commit, and holds it against what is known of the claims, whoever made it and when. */
  async commit(call: CommitCall) {
    const { claim } = this.oracle;
    const reply = await this.ask(this.calls.commit(call));
    if (reply !== 'COMMITTED') return reply;
    const isNewest = claim?.fence === call.fence && claim.nodeId === call.nodeId;
    insist(isNewest, 'only the holder of the newest claim writes text');
    // whoever ends a session keeps its name on it, so that the commit may be repeated
    this.know({ failedOwners: 0 });
    return reply;
  }

  /** The network keeps a commit for later. */
  hold(call: CommitCall): void {
    if (this.stragglers.length < MOST_STRAGGLERS) this.stragglers.push(call);
  }

  async deliverStraggler(): Promise<void> {
    const call = this.stragglers.shift();
    if (call !== undefined) await this.commit(call);
  }

  /** A gateway has noticed that its client is gone. */
  async detach({ connection }: Link): Promise<void> {
    const newest = this.oracle.connection;
    const reply = await this.ask(this.calls.detach(connection));
    if (reply === 'DETACHED')
      insist(connection === newest, 'only the newest connection leaves its client to come back');
  }

  crashGateway(gateway: number): void {
    const link = this.links[gateway];
    this.links[gateway] = undefined;
    if (link !== undefined) this.client.cutOffFrom(link);
  }

  /** Something happened to Redis itself: what it holds now is where the story goes on. */
  async lookAgain(): Promise<void> {
    this.#look = await this.#takeLook();
  }

  know(changes: Partial<Oracle>): void {
    this.oracle = { ...this.oracle, ...changes };
  }

  /** Deletes what this world left in Redis. */
  async clear(): Promise<void> {
    await this.redis.unlink(...this.storedKeys());
  }

  storedKeys(): readonly string[] {
    const { keys, sessionId } = this;
    return [keys.session(sessionId), keys.audio(sessionId), keys.log(sessionId), keys.open(0), keys.expiry(0)];
  }

  #takeLook(): Promise<Look> {
    return takeLook(this.redis, this.keys, this.sessionId);
  }

  #publish(messages: Look['log']): void {
    for (const link of this.links) link?.text.publish(messages);
  }
}
