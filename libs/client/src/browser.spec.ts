import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@verbatim/testing';
import { build, type BuildResult } from 'esbuild';
import { WebSocket } from 'ws';
import type * as Sdk from './browser.ts';
import { ended, final } from './resuming/stream.fixture.ts';
import { greet, startResumingGateway, type ResumingGateway } from './resuming-gateway.fixture.ts';

/** What the whole SDK may weigh on a page, minified and not compressed; it is about 23 kB. Units: bytes. */
const MOST_BUNDLE_BYTES = 28_000;

/** What the SDK may use of its surroundings: what every browser has, and nothing of Node. */
const BROWSER_GLOBALS = { WebSocket, URL, setTimeout, clearTimeout, queueMicrotask, performance };

let bundle: BuildResult<{ write: false; metafile: true }>;
beforeAll(async () => {
  bundle = await build({
    stdin: { contents: "export * from '@verbatim/client';", resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'sdk',
  });
});

let gateway: ResumingGateway | undefined;
afterAll(() => gateway?.close());

/** Runs the bundle among the globals of a browser. */
function loadBundle(): typeof Sdk {
  const context = createContext({ ...BROWSER_GLOBALS });
  return runInContext(`${bundle.outputFiles[0]?.text ?? ''};sdk`, context) as typeof Sdk;
}

describe('the SDK as browsers get it', () => {
  it('needs no package, no schema library and nothing of Node, and is small', () => {
    const inputs = Object.keys(bundle.metafile.inputs);
    const used = Object.values(bundle.metafile.outputs).flatMap(({ inputs: parts }) =>
      Object.entries(parts).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    );
    expect(used.filter((path) => /node_modules|dial-ws|connect-failure/.test(path))).toEqual([]);
    expect(inputs.filter((path) => /dial-ws|open-streaming-session/.test(path))).toEqual([]);
    expect(bundle.warnings).toEqual([]);
    expect(bundle.outputFiles[0]?.contents.length).toBeLessThan(MOST_BUNDLE_BYTES);
  });

  it('resumes over a WebSocket of the browser kind, without a word lost', async () => {
    gateway = await startResumingGateway(
      (visit) => {
        greet(visit);
        visit.say(final(1));
        visit.onFrame(() => visit.cut());
      },
      (visit) => {
        greet(visit, { audio_bytes: 2 });
        visit.onFrame(() => {
          if (visit.received.at(-1) !== 'end') return;
          visit.say(final(2));
          visit.say(ended(3));
          visit.close(1000);
        });
      },
    );
    const { openTranscriptionStream } = loadBundle();
    const stream = await openTranscriptionStream({ urls: gateway.url });
    await stream.sendAudio(Uint8Array.of(1, 2, 3, 4));
    stream.end();
    const seqs: number[] = [];
    for await (const message of stream) if ('seq' in message) seqs.push(message.seq);
    expect(seqs).toEqual([1, 2, 3]);
    expect(gateway.visits[1]?.received).toEqual([Buffer.from([3, 4]), 'end']);
    expect(gateway.visits[1]?.query.get('last_seq')).toBe('1');
  });

  it('says what to look at when there is no connection, for a browser does not know more', async () => {
    const { openTranscriptionStream, SttError } = loadBundle();
    const url = `http://127.0.0.1:${await freePort()}`;
    const failing = openTranscriptionStream({ urls: url });
    await expect(failing).rejects.toMatchObject({
      message: expect.stringContaining(`No connection to ${url}`) as unknown,
    });
    await expect(failing).rejects.toBeInstanceOf(SttError);
  });
});
