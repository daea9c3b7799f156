import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { beginningAt, decodedSample, decodeState, encodeState, INITIAL_STATE, receivedBytes } from './decoder-state.ts';

const count = fc.nat({ max: 2 ** 40 });
const position = fc.record({ sample: count, clientBytes: count });
const bytes = fc.uint8Array({ maxLength: 40 });

describe('the state of a decoder between two chunks', () => {
  it('comes out of the record as it went in', () => {
    fc.assert(
      fc.property(
        fc.record({
          base: position,
          start: fc.oneof(position, fc.record({ sample: count, clientBytes: count, restartFrame: count })),
          endSample: count,
          header: bytes,
          carry: fc.array(bytes, { maxLength: 4 }),
          isFinished: fc.boolean(),
        }),
        (state) => {
          const read = decodeState(encodeState(state));
          expect({ ...read, header: [...read.header], carry: read.carry.map((piece) => [...piece]) }).toEqual({
            ...{ ...state, header: [...state.header], carry: state.carry.map((piece) => [...piece]) },
          });
        },
      ),
    );
  });

  it('is the beginning of a session when nothing was stored', () => {
    expect(decodeState('')).toEqual(INITIAL_STATE);
  });

  it('refuses what another version wrote', () => {
    expect(() => decodeState(encodeState(INITIAL_STATE).replace('"v":1', '"v":2'))).toThrow();
  });

  it('counts what was received and decoded from the beginning of the session, over files', () => {
    const state = {
      ...beginningAt({ sample: 1000, clientBytes: 5000 }),
      start: { sample: 400, clientBytes: 70 },
      endSample: 600,
      carry: [new Uint8Array(4), new Uint8Array(5)],
    };
    expect([decodedSample(state), receivedBytes(state)]).toEqual([1600, 5079]);
  });
});
