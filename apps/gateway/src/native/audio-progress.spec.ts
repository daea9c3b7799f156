import { expect, it } from '@jest/globals';
import { AudioProgress } from './audio-progress.ts';

const START = { sample: 0, clientBytes: 0 };

it('repeats the acknowledgement of packed audio now and then, and that of raw audio never', () => {
  const [packed, raw] = [new AudioProgress(START, true), new AudioProgress(START)];
  for (const progress of [packed, raw]) {
    progress.noteAppended({ sample: 1600, clientBytes: 700, restartFrame: 900 });
    progress.noteStored({ sample: 1600, clientBytes: 700, restartFrame: 900 });
  }
  const rounds = Array.from({ length: 21 }, () => packed.takeRoundAck());
  expect(rounds.map((ack, round) => (ack === undefined ? '' : `${round}: ${ack}`)).filter(Boolean)).toEqual([
    '0: 700',
    '10: 700',
    '20: 700',
  ]);
  expect(Array.from({ length: 21 }, () => raw.takeRoundAck()).filter((ack) => ack !== undefined)).toEqual([700]);
});
