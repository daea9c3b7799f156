import { describe, expect, it } from '@jest/globals';
import type { Fence, Seq } from '@verbatim/protocol';
import fc from 'fast-check';
import type { DurableMessage } from '../faces.ts';
import { startMerge, stepMerge, type MergeEffect, type MergeEvent, type MergeState } from './text-merge.ts';

function message(seq: number): DurableMessage {
  return { seq: seq as Seq, json: `{"w":${seq}}` };
}

function arrived(seq: number): MergeEvent {
  return { type: 'DurableArrived', message: message(seq) };
}

function interim(fence: number, json: string): MergeEvent {
  return { type: 'TransientArrived', fence: fence as Fence, json };
}

function logRead(...seqs: number[]): MergeEvent {
  return { type: 'LogRead', messages: seqs.map(message) };
}

/** Effects in short: `d3` delivered, `t:x` transient, `read>2`. */
function run(lastSeq: number, ...events: MergeEvent[]): string[] {
  let state = startMerge(lastSeq as Seq);
  const told: string[] = [];
  for (const event of events) {
    const step = stepMerge(state, event);
    state = step.state;
    told.push(...step.effects.map(inShort));
  }
  return told;
}

function inShort(effect: MergeEffect): string {
  switch (effect.type) {
    case 'DeliverDurable':
      return `d${effect.message.seq}`;
    case 'DeliverTransient':
      return `t:${effect.json}`;
    case 'ReadLog':
      return `read>${effect.afterSeq}`;
  }
}

describe('the merge of channel and log', () => {
  it('delivers what the log holds, then what the channel brings', () => {
    expect(run(1, { type: 'CatchUpAsked' }, logRead(2, 3), arrived(4))).toEqual(['read>1', 'd2', 'd3', 'd4']);
  });

  it('drops what it has delivered already', () => {
    expect(run(0, arrived(1), arrived(1), { type: 'CatchUpAsked' }, logRead(1, 2), arrived(2))).toEqual([
      'd1',
      'read>1',
      'd2',
    ]);
  });

  it('fills a hole from the log and keeps the order', () => {
    expect(run(2, arrived(4), arrived(5), logRead(3, 4))).toEqual(['read>2', 'd3', 'd4', 'd5', 'read>5']);
  });

  it('reads again when something came during a read that may have been too early for it', () => {
    expect(run(0, arrived(2), arrived(5), logRead(1, 2), logRead(3, 4, 5))).toEqual([
      ...['read>0', 'd1', 'd2', 'read>2', 'd3', 'd4', 'd5'],
    ]);
  });

  it('never delivers past a hole that the log does not fill, and does not ask without end', () => {
    expect(run(0, arrived(3), logRead(), logRead())).toEqual(['read>0']);
    expect(run(0, arrived(3), logRead(), arrived(4))).toEqual(['read>0', 'read>0']);
  });

  it('asks again after a failed read when the next message shows the hole', () => {
    expect(run(0, arrived(2), { type: 'LogReadFailed' }, arrived(3), logRead(1, 2, 3))).toEqual([
      ...['read>0', 'read>0', 'd1', 'd2', 'd3'],
    ]);
  });

  it('passes interims on and drops those of an older fence', () => {
    expect(run(0, interim(1, 'a'), interim(2, 'b'), interim(1, 'zombie'), interim(2, 'c'))).toEqual([
      't:a',
      't:b',
      't:c',
    ]);
  });

  it('drops interims that overtake a missing final', () => {
    expect(run(0, arrived(2), interim(1, 'early'), logRead(1, 2), interim(1, 'in time'))).toEqual([
      ...['read>0', 'd1', 'd2', 't:in time'],
    ]);
  });

  it('holds a bounded number of messages beyond a hole', () => {
    let state = startMerge(0 as Seq);
    for (let seq = 500; seq > 1; seq -= 1) state = stepMerge(state, arrived(seq)).state;
    expect(state.early.size).toBe(64);
    expect(Math.max(...state.early.keys())).toBe(65);
  });
});

/**
 * A session and its follower: commits go to the log at once and to the channel, which drops, repeats and delays; reads see the log at
 * the moment they are made and answer later.
 */
type Act =
  | { readonly do: 'commit'; readonly copies: number }
  | { readonly do: 'deliver'; readonly pick: number }
  | { readonly do: 'read' }
  | { readonly do: 'answer'; readonly fails: boolean }
  | { readonly do: 'reconnect' };

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('commit' as const), copies: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick: fc.nat(7) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect' as const) }) },
);

function createWorld(afterSeq: number) {
  let state: MergeState = startMerge(afterSeq as Seq);
  let committed = afterSeq;
  let channel: number[] = [];
  let asked: number | undefined;
  let answer: readonly DurableMessage[] | undefined;
  const delivered: number[] = [];

  const take = (event: MergeEvent) => {
    const step = stepMerge(state, event);
    state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'DeliverDurable') delivered.push(effect.message.seq);
      if (effect.type === 'ReadLog') {
        if (asked !== undefined || answer !== undefined) throw new Error('two reads at a time');
        asked = effect.afterSeq;
      }
    }
  };
  const read = () => {
    if (asked === undefined) return;
    const from = asked;
    answer = Array.from({ length: committed - from }, (_, index) => message(from + index + 1));
    asked = undefined;
  };
  const perform = (act: Act) => {
    switch (act.do) {
      case 'commit':
        committed += 1;
        channel.push(...Array<number>(act.copies).fill(committed));
        return;
      case 'deliver':
        for (const seq of channel.splice(act.pick % Math.max(1, channel.length), 1)) take(arrived(seq));
        return;
      case 'read':
        return read();
      case 'answer': {
        const messages = answer;
        answer = undefined;
        if (messages) take(act.fails ? { type: 'LogReadFailed' } : { type: 'LogRead', messages });
        return;
      }
      case 'reconnect':
        channel = [];
        return take({ type: 'CatchUpAsked' });
    }
  };
  const settle = () => {
    while (channel.length > 0) perform({ do: 'deliver', pick: 0 });
    take({ type: 'CatchUpAsked' });
    for (let turns = 0; asked !== undefined || answer !== undefined; turns += 1) {
      if (turns > 10) throw new Error('reads without end');
      read();
      perform({ do: 'answer', fails: false });
    }
  };
  return { perform, settle, delivered, last: () => committed };
}

describe('the merge, under every interleaving', () => {
  it('delivers each durable message once, in order, whatever the channel drops, repeats, delays or reorders', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.array(acts, { maxLength: 120 }), (afterSeq, script) => {
        const world = createWorld(afterSeq);
        for (const act of script) {
          world.perform(act);
          expect(world.delivered).toEqual(world.delivered.map((_, index) => afterSeq + index + 1));
        }
        world.settle();
        expect(world.delivered).toEqual(
          Array.from({ length: world.last() - afterSeq }, (_, index) => afterSeq + index + 1),
        );
      }),
      { numRuns: 3000 },
    );
  });
});
