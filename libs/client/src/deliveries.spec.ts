import { describe, expect, it } from '@jest/globals';
import type { ServerMessage } from '@verbatim/protocol';
import { createDeliveries } from './deliveries.ts';
import { ack, final } from './resuming/stream.fixture.ts';
import type { StreamCallbacks } from './transcription-stream.ts';

const interim = final(0, { is_final: false });

function deliveriesOf(callbacks: StreamCallbacks = {}) {
  let overruns = 0;
  const deliveries = createDeliveries(callbacks, () => (overruns += 1));
  const readAll = async () => {
    const read: ServerMessage[] = [];
    for await (const message of deliveries) read.push(message);
    return read;
  };
  return { deliveries, readAll, overruns: () => overruns };
}

describe('createDeliveries', () => {
  it('leaves out interims and acknowledgements, and nothing else, for a reader that is far behind', async () => {
    const { deliveries, readAll, overruns } = deliveriesOf();
    for (let seq = 1; seq <= 1_000; seq += 1) deliveries.deliver(final(seq));
    for (const message of [interim, ack(5), final(1_001)]) deliveries.deliver(message);
    deliveries.end({ kind: 'closed' });
    const read = await readAll();
    expect(read).toHaveLength(1_001);
    expect(read.at(-1)).toEqual(final(1_001));
    expect(overruns()).toBe(0);
  });

  it('says so when nobody reads at all', () => {
    const { deliveries, overruns } = deliveriesOf();
    for (let seq = 1; seq <= 10_001; seq += 1) deliveries.deliver(final(seq));
    expect(overruns()).toBe(1);
  });

  it('queues nothing for somebody who is called back, until he asks to read', async () => {
    const texts: string[] = [];
    const { deliveries, readAll, overruns } = deliveriesOf({ onTranscription: ({ text }) => texts.push(text) });
    for (let seq = 1; seq <= 10_001; seq += 1) deliveries.deliver(final(seq));
    const reading = readAll();
    deliveries.deliver(final(10_002));
    deliveries.end({ kind: 'closed' });
    expect(await reading).toEqual([final(10_002)]);
    expect(texts).toHaveLength(10_002);
    expect(overruns()).toBe(0);
  });
});
