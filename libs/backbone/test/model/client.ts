import type { AudioStanding } from '../../src/faces.ts';
import { insist } from './invariants.ts';
import { endReasonOf, frameOf, type Message } from './ledger.ts';
import { Link } from './link.ts';
import { Text } from './text.ts';
import type { World } from './world.ts';

/** What the client has to say, in all: four finals, and a word left over for the end. */
export const SPOKEN_FRAMES = 13;

/** The speaker: says frame after frame, keeps them all, and comes back with its newest token whenever it was cut off. */
export class Client {
  readonly #world: World;
  /** Every message that was ever delivered to it, once. */
  readonly transcript: Message[] = [];
  #token = 0;
  #link: Link | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  get hasHeardTheEnd(): boolean {
    return endReasonOf(this.transcript) !== undefined;
  }

  get isConnected(): boolean {
    return this.#link !== undefined && !this.#link.isLost;
  }

  /** Nothing of what it said waits on the way. */
  get isDrained(): boolean {
    return this.isConnected && this.#link?.takenFrame === SPOKEN_FRAMES && this.#link.isDrained;
  }

  async open(): Promise<void> {
    await this.#world.ask(this.#world.calls.open());
    this.#connect(0, { connection: 1, frame: 0 });
  }

  /** Says a few frames more, or that this was all. */
  speak(frames: number): void {
    if (this.#link === undefined || this.#link.isLost) return;
    const left = SPOKEN_FRAMES - this.#link.takenFrame;
    if (left > 0) this.#link.take(Math.min(frames, left));
    else this.#link.takeEnd();
  }

  hangUp(): void {
    this.#link = undefined;
  }

  cutOffFrom(link: Link): void {
    if (this.#link === link) this.hangUp();
  }

  async resume(gateway: number, isReplyLost: boolean): Promise<void> {
    const token = this.#token;
    const reply = await this.use(token);
    if (reply.kind !== 'RESUMED' || isReplyLost) return;
    insist(reply.connection > token, 'a resume grants a connection newer than the one that asks');
    this.#connect(gateway, { connection: reply.connection, frame: frameOf(reply.audio.sample) });
  }

  /** Brings a token, its newest or one that somebody kept. */
  async use(token: number) {
    const { oracle, look, isBroken } = this.#world;
    const reply = await this.#world.ask(this.#world.calls.resume(token));
    const isUsedUp = token < oracle.usedToken;
    if (isUsedUp) insist(reply.kind !== 'RESUMED', 'a token whose successor was used is refused');
    else if (!isBroken) insist(reply.kind !== 'REFUSED' && reply.kind !== 'GONE', 'a token that is good is taken');
    if (reply.kind !== 'RESUMED') return reply;
    insist(look.state !== 'expiring', 'nobody is told to go on with a session that expires');
    const isTrue = look.state === 'ended' || look.audioEndFrame === frameOf(reply.audio.sample);
    insist(isTrue, 'nobody is told that a session goes on whose audio is gone');
    this.#checkRestart(reply.audio);
    this.#world.know({ usedToken: token, connection: reply.connection });
    return reply;
  }

  /** The audio is packed: whoever goes on needs the beginning of the file, and what comes first behind the last entry. */
  #checkRestart({ sample, restartFrame = 0 }: AudioStanding): void {
    const { look } = this.#world;
    if (look.state === 'ended' || sample === 0) return;
    insist(restartFrame === frameOf(sample), 'whoever resumes is told what a decoder gives first');
    insist(look.hasMediaHeader, 'audio that is stored can be gone on with: the beginning of its file is kept');
  }

  async useOldToken(back: number): Promise<void> {
    if (this.#token > back) await this.use(this.#token - back);
  }

  #connect(gateway: number, { connection, frame }: { readonly connection: number; readonly frame: number }): void {
    const world = this.#world;
    const text: Text = new Text(
      this.transcript.length,
      () => world.look.log,
      (message) => this.#hear(text, message),
    );
    const link = new Link(world, { connection, frame, text });
    world.links[gateway] = link;
    this.#link = link;
    this.#token = connection;
  }

  #hear(text: Text, message: Message): void {
    if (this.#link?.text !== text) return;
    insist(message.seq === this.transcript.length + 1, 'the client gets every message once and in order');
    this.transcript.push(message);
  }
}
