import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextDueMs } from './due.ts';
import type { StreamEffect } from './stream-events.ts';
import { ack, createStream, ended, final, resumed, started } from './stream.fixture.ts';

const KEEP_BYTES = 60;

/** What may happen to a stream, in any order and number. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('offer'), bytes: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('finalize') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end') }) },
  /** The gateway stores and acknowledges so much of what it has, in parts of a hundred. */
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ack'), percent: fc.nat(100) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit'), isLost: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat'), back: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop'), code: fc.constantFrom(1006, 4100, 4200, 4203) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('goAway') }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.nat(3_000) }) },
  /** A failover takes back what was acknowledged, as far as a client keeps it. */
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('failover'), bytes: fc.nat(KEEP_BYTES) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

/** A gateway and its storage, as far as a client can tell; it checks every byte that it is sent. */
class ModelGateway {
  readonly stream = createStream({ keepBytes: KEEP_BYTES, mostUnacknowledgedBytes: 10_000, urlCount: 2 });
  readonly delivered: number[] = [];
  /** Places where finals were asked for, as the storage has them. */
  marks: number[] = [];
  isEnded = false;
  storedBytes = 0;
  mostStoredBytes = 0;
  logged = 0;
  /** Undefined while the client is not connected: the next byte that has to come. */
  receivedBytes: number | undefined;
  #dialled: { readonly lastSeq: number | undefined } | undefined;
  #keptFrom = 0;

  constructor() {
    this.do(this.stream.happen({ kind: 'Started' }));
    this.answer();
  }

  do(effects: readonly StreamEffect[]): void {
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: StreamEffect): void {
    if (effect.kind === 'Connect') this.#dialled = { lastSeq: effect.resume?.lastSeq };
    if (effect.kind === 'Disconnect') this.receivedBytes = undefined;
    if (effect.kind === 'TrimAudio') this.#keptFrom = effect.beforeByte;
    if (effect.kind === 'Deliver' && 'seq' in effect.message) this.delivered.push(effect.message.seq);
    if (effect.kind === 'SendAudio') {
      expect(effect.fromByte).toBe(this.receivedBytes);
      expect(effect.fromByte).toBeGreaterThanOrEqual(this.#keptFrom);
      expect(this.isEnded).toBe(false);
      this.receivedBytes = effect.toByte;
    }
    if (effect.kind === 'SendControl' && effect.control === 'finalize') this.marks.push(this.receivedBytes ?? NaN);
    if (effect.kind === 'SendControl' && effect.control === 'end') this.isEnded = true;
  }

  /** Lets a client in that has dialled. */
  answer(): void {
    if (this.#dialled === undefined) return;
    const { lastSeq } = this.#dialled;
    this.#dialled = undefined;
    this.receivedBytes = lastSeq === undefined ? 0 : this.storedBytes;
    this.isEnded = false;
    // What was not stored, and what stood behind it, is gone with the connection.
    this.marks = this.marks.filter((atByte) => atByte < this.storedBytes);
    this.do(this.stream.receive(lastSeq === undefined ? started() : resumed(this.storedBytes)));
    for (let seq = (lastSeq ?? 0) + 1; seq <= this.logged; seq += 1) this.do(this.stream.receive(final(seq)));
  }

  lose(code: number): void {
    if (this.receivedBytes === undefined) return;
    this.receivedBytes = undefined;
    this.do(this.stream.lose(code));
  }

  store(toByte: number): void {
    this.storedBytes = Math.max(this.storedBytes, toByte);
    this.mostStoredBytes = Math.max(this.mostStoredBytes, this.storedBytes);
    if (this.receivedBytes !== undefined) this.do(this.stream.receive(ack(this.storedBytes)));
  }

  waitFor(ms: number): void {
    this.do(this.stream.pass(ms));
    this.answer();
  }

  /** Nothing goes wrong any more. */
  settle(): void {
    for (let rounds = 0; rounds < 10 && this.receivedBytes === undefined; rounds += 1)
      this.waitFor(Math.min(30_000, Math.max(0, nextDueMs(this.stream.state()) - this.stream.nowMs())));
  }
}

function apply(gateway: ModelGateway, event: Happening, asked: { marks: number[]; offered: number }): void {
  const { stream } = gateway;
  const isOpen = gateway.receivedBytes !== undefined;
  if ('bytes' in event && event.kind === 'offer' && !stream.state().isEndAsked) {
    asked.offered += event.bytes;
    gateway.do(stream.offer(event.bytes));
  }
  if (event.kind === 'finalize' && !stream.state().isEndAsked) {
    asked.marks.push(asked.offered);
    gateway.do(stream.happen({ kind: 'FinalizeAsked' }));
  }
  if (event.kind === 'end') gateway.do(stream.happen({ kind: 'EndAsked' }));
  if ('percent' in event && isOpen) gateway.store(Math.floor(((gateway.receivedBytes ?? 0) * event.percent) / 100));
  if ('isLost' in event) {
    gateway.logged += 1;
    if (isOpen && !event.isLost) gateway.do(stream.receive(final(gateway.logged)));
  }
  if ('back' in event && isOpen) gateway.do(stream.receive(final(Math.max(1, gateway.logged - event.back))));
  if ('code' in event) gateway.lose(event.code);
  if (event.kind === 'goAway' && isOpen) gateway.do(stream.receive({ type: 'go_away', time_left_ms: 5_000 }));
  if ('ms' in event) gateway.waitFor(event.ms);
  if (event.kind === 'failover' && 'bytes' in event) {
    gateway.lose(4203);
    gateway.storedBytes = Math.min(gateway.storedBytes, Math.max(0, gateway.mostStoredBytes - event.bytes));
  }
}

describe('a stream, whatever happens to it', () => {
  it('sends every byte in order from the position of the gateway, and delivers every durable message once and in order', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const gateway = new ModelGateway();
        const asked = { marks: [] as number[], offered: 0 };
        for (const event of happenings) apply(gateway, event, asked);

        gateway.do(gateway.stream.happen({ kind: 'EndAsked' }));
        gateway.settle();
        expect(gateway.receivedBytes).toBe(asked.offered);
        expect(gateway.isEnded).toBe(true);
        const kept = gateway.stream.state().audio.keptFromBytes;
        const expected = asked.marks.filter((atByte) => atByte >= kept);
        expect([...new Set(gateway.marks)].filter((atByte) => atByte >= kept)).toEqual([...new Set(expected)]);

        // The last message shows every hole before it: whatever was lost comes from the log.
        gateway.logged += 1;
        gateway.do(gateway.stream.receive(final(gateway.logged)));
        gateway.settle();
        gateway.do(gateway.stream.receive(ended(gateway.logged + 1)));
        expect(gateway.delivered).toEqual(Array.from({ length: gateway.logged + 1 }, (_, index) => index + 1));
        gateway.lose(1000);
        expect(gateway.stream.state().phase).toMatchObject({ kind: 'over', outcome: { kind: 'ended' } });
      }),
      { numRuns: 1_000 },
    );
  });
});
