import type { DecodeKind, PolicyEffect } from '../../src/index.ts';

export type Decode = Extract<PolicyEffect, { type: 'decode' }>;

const ORDER: readonly DecodeKind[] = ['final', 'speculative', 'interim'];

/** One session's share of the transcriber's scheduler: one decode at a time, finals first, queued interims dropped for them. */
export function createSimulatedScheduler() {
  let running: Decode | undefined;
  let queue: Decode[] = [];

  const startNext = (): void => {
    queue.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
    running ??= queue.shift();
  };

  return {
    isBusy: (): boolean => running !== undefined,
    outstanding: (): readonly Decode[] => [...(running === undefined ? [] : [running]), ...queue],
    /** Returns the decodes that make way. */
    add(decode: Decode, isStartingAtOnce: boolean): readonly Decode[] {
      const dropped = decode.kind === 'final' ? queue.filter((queued) => queued.kind !== 'final') : [];
      queue = [...queue.filter((queued) => !dropped.includes(queued)), decode];
      if (isStartingAtOnce) startNext();
      return dropped;
    },
    start: startNext,
    /** The running decode is done. */
    finish(): Decode | undefined {
      const finished = running;
      running = undefined;
      startNext();
      return finished;
    },
  };
}
