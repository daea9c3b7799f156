import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openStreamingSession, streamAudio } from './index.ts';
import { STARTED, startScriptedGateway, type ScriptedGateway } from './scripted-gateway.fixture.ts';

const FINAL = {
  type: 'transcription',
  text: 'hello there',
  is_final: true,
  confidence: null,
  language: 'en',
  timestamp: '2025-09-19T18:14:07.128490',
  session_id: STARTED.session_id,
  seq: 1,
  segment_id: 0,
  revision: 1,
  start_ms: 0,
  end_ms: 100,
  channel: 0,
  provider: 'local',
  speech_final: true,
  stable_chars: 11,
};

let gateway: ScriptedGateway | undefined;

afterAll(() => gateway?.close());

async function example(gatewayUrl: string, pcm: Uint8Array) {
  // README
  const session = await openStreamingSession({ url: gatewayUrl, config: { language: 'en', interim_results: false } });
  const sending = streamAudio({ session, pcm, bytesPerSecond: 32_000, chunkBytes: 3_200, pace: 'fast' });
  void sending.then(() => session.end());
  const finals: string[] = [];
  for await (const message of session) {
    if (message.type === 'transcription' && message.is_final) finals.push(message.text);
  }
  const { code } = await session.closed;
  // end of README
  return { finals, code };
}

describe('the example of the README', () => {
  it('stands there as it is run here', () => {
    const spec = readFileSync(new URL(import.meta.url), 'utf8');
    const shown = /```ts\n([^]*?)```/.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))?.[1];
    const run = / {2}\/\/ README\n([^]*?) {2}\/\/ end of README/.exec(spec)?.[1];
    expect(shown).toBe(run?.replaceAll(/^ {2}/gm, ''));
  });

  it('streams audio and collects the finals', async () => {
    gateway = await startScriptedGateway({
      onSocket(socket) {
        socket.send(JSON.stringify(STARTED));
        socket.on('message', (_data, isBinary) => {
          if (isBinary) return;
          socket.send(JSON.stringify(FINAL));
          socket.close(1000);
        });
      },
    });
    expect(await example(gateway.url, new Uint8Array(6_400))).toEqual({ finals: ['hello there'], code: 1000 });
  });
});
