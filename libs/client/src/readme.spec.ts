import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openTranscriptionStream, streamAudio, type ConnectionState } from './index.ts';
import { ended, final } from './resuming/stream.fixture.ts';
import { greet, startResumingGateway, type ResumingGateway } from './resuming-gateway.fixture.ts';

let gateway: ResumingGateway | undefined;

afterAll(() => gateway?.close());

async function example(gatewayUrl: string, pcm: Uint8Array, show: (connection: ConnectionState) => void) {
  // README
  const stream = await openTranscriptionStream({ urls: gatewayUrl, config: { language: 'en' }, onConnection: show });
  const finals: string[] = [];
  const read = async () => {
    for await (const message of stream) {
      if (message.type === 'transcription' && message.is_final) finals.push(message.text);
    }
  };
  const send = async () => {
    await streamAudio({ session: stream, pcm, bytesPerSecond: 32_000, chunkBytes: 3_200, pace: 'fast' });
    stream.end();
  };
  await Promise.all([read(), send()]);
  // end of README
  return finals;
}

describe('the example of the README', () => {
  it('stands there as it is run here', () => {
    const spec = readFileSync(new URL(import.meta.url), 'utf8');
    const shown = /```ts\n([^]*?)```/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1];
    const run = / {2}\/\/ README\n([^]*?) {2}\/\/ end of README/.exec(spec)?.[1];
    expect(shown).toBe(run?.replaceAll(/^ {2}/gm, ''));
  });

  it('collects every final, though its connection is cut on the way', async () => {
    const shown: string[] = [];
    gateway = await startResumingGateway(
      (visit) => {
        greet(visit);
        visit.say(final(1));
        visit.onFrame(() => visit.cut());
      },
      (visit) => {
        greet(visit);
        visit.onFrame(() => {
          if (visit.received.at(-1) !== 'end') return;
          visit.say(final(2));
          visit.say(ended(3));
          visit.close(1000);
        });
      },
    );
    const finals = await example(gateway.url, new Uint8Array(6_400), ({ state }) => shown.push(state));
    expect(finals).toEqual(['w1', 'w2']);
    expect(shown).toEqual(['connecting', 'open', 'resuming', 'open', 'closed']);
  });
});
