import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Seq } from '@verbatim/protocol';
import { eventually, startRedis, type PrivateRedis } from '@verbatim/testing';
import { openGatewaySide, openTranscriberSide } from '../src/index.ts';
import { sessionConfig } from './fixture.ts';

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const NOTHING_YET = 0 as Seq;

async function runExample(redisUrl: string) {
  const config = sessionConfig({ provider: 'local' });
  const messages = [{ seq: 1 as Seq, json: '{"type":"transcription"}' }];
  const pcm = Buffer.alloc(3200);
  const told: string[] = [];
  const listener = {
    ...{
      onDurable: ({ json }: { json: string }) => told.push(json),
      onTransient: () => undefined,
      onReplaced: () => undefined,
      onGone: () => undefined,
    },
    ...{ onStored: () => told.push('stored'), onPressure: () => undefined, onLost: () => undefined },
  };
  // prettier-ignore
  {
const gateway = await openGatewaySide({ redisUrl });
const transcriber = await openTranscriberSide({ redisUrl, nodeId: 'node-1' });

const session = await gateway.openSession(config);
await gateway.follow(session.sessionId, session.connection, NOTHING_YET, listener);
const writer = gateway.openAudioWriter(session, { sample: 0, clientBytes: 0 }, listener);
writer.append({ endSample: 1600, pcm, clientBytes: 3200 });
await writer.drained();

const [claimed] = await transcriber.claim(1, ['local']);
if (!claimed) throw new Error('nothing to claim');
const progress = { checkpoint: '{}', releaseBeforeSample: 1600, endsSession: false };
await transcriber.commit({ ...claimed, afterSeq: claimed.lastSeq, messages, ...progress });
    return { told, close: () => Promise.all([gateway.close(), transcriber.close()]) };
  }
}

describe('the example of the README', () => {
  it('runs', async () => {
    const { told, close } = await runExample(redis.url);
    await eventually(() => expect(told).toEqual(['stored', '{"type":"transcription"}']));
    await close();
  });

  it('is the one that runs', () => {
    const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
    const example = /```ts\n([\s\S]*?)```/.exec(read('../README.md'))?.[1] ?? 'no example';
    for (const line of example.split('\n')) expect(read('./readme.redis.spec.ts')).toContain(line);
  });
});
