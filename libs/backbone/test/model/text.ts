import type { Fence, Seq } from '@verbatim/protocol';
import {
  startMerge,
  stepMerge,
  type MergeEffect,
  type MergeEvent,
  type MergeState,
} from '../../src/text/text-merge.ts';
import { insist } from './invariants.ts';
import type { Message } from './ledger.ts';

/** What a channel does with the message that is next: at most once, in any order, is all that pub/sub promises. */
export const CHANNEL_MOODS = ['deliver', 'drop', 'repeat', 'late', 'interim'] as const;
export type ChannelMood = (typeof CHANNEL_MOODS)[number];

/** One gateway's ear: the product's pure merge between a channel that cannot be trusted and the log. */
export class Text {
  readonly #readLog: () => readonly Message[];
  readonly #onMessage: (message: Message) => void;
  #merge: MergeState;
  #channel: Message[] = [];
  /** A read of the log that is under way, and what it found: it may be old by the time it is answered. */
  #reading: { readonly afterSeq: number; found: readonly Message[] | undefined } | undefined;

  constructor(afterSeq: number, readLog: () => readonly Message[], onMessage: (message: Message) => void) {
    this.#merge = startMerge(afterSeq as Seq);
    this.#readLog = readLog;
    this.#onMessage = onMessage;
    this.#take({ type: 'CatchUpAsked' });
  }

  publish(messages: readonly Message[]): void {
    this.#channel.push(...messages);
  }

  hear(mood: ChannelMood): void {
    if (mood === 'interim') return this.#take({ type: 'TransientArrived', fence: 1 as Fence, json: '{}' });
    const next = this.#channel.shift();
    if (next === undefined) return;
    if (mood === 'late') this.#channel.push(next);
    if (mood === 'deliver' || mood === 'repeat') this.#arrived(next);
    if (mood === 'repeat') this.#arrived(next);
  }

  /** Redis reads the log: from here on the answer is fixed. */
  lookIntoLog(): void {
    if (this.#reading === undefined) return;
    const { afterSeq } = this.#reading;
    this.#reading.found ??= this.#readLog().filter(({ seq }) => seq > afterSeq);
  }

  answerRead(hasFailed: boolean): void {
    const found = this.#reading?.found;
    if (found === undefined) return;
    this.#reading = undefined;
    if (hasFailed) this.#take({ type: 'LogReadFailed' });
    else this.#take({ type: 'LogRead', messages: found.map(({ seq, json }) => ({ seq: seq as Seq, json })) });
  }

  /** The subscription was away and is back; also what happens a while after a read has failed. */
  catchUp(): void {
    this.#take({ type: 'CatchUpAsked' });
  }

  /** Nothing disturbs any more: whatever is in the log arrives. */
  settle(): void {
    this.#channel = [];
    this.catchUp();
    while (this.#reading !== undefined) {
      this.lookIntoLog();
      this.answerRead(false);
    }
  }

  #arrived({ seq, json }: Message): void {
    this.#take({ type: 'DurableArrived', message: { seq: seq as Seq, json } });
  }

  #take(event: MergeEvent): void {
    const { lastSeq } = this.#merge;
    const { state, effects } = stepMerge(this.#merge, event);
    this.#merge = state;
    let expectedSeq = lastSeq + 1;
    for (const effect of effects) if (this.#perform(effect, expectedSeq)) expectedSeq += 1;
  }

  /** True when a durable message was delivered. */
  #perform(effect: MergeEffect, expectedSeq: number): boolean {
    switch (effect.type) {
      case 'ReadLog':
        insist(this.#reading === undefined, 'a follower has one read of the log under way');
        this.#reading = { afterSeq: effect.afterSeq, found: undefined };
        return false;
      case 'DeliverTransient':
        return false;
      case 'DeliverDurable':
        insist(effect.message.seq === expectedSeq, 'a follower delivers every message once and in order');
        this.#onMessage(effect.message);
        return true;
    }
  }
}
