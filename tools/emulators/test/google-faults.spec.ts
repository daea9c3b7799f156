import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createGoogleRecognizer,
  createLedgerRecognizer,
  ledgerWords,
  type GoogleOptions,
  type RecognizerFailure,
} from '@verbatim/recognizers';
import { createRandom, eventually, freePort } from '@verbatim/testing';
import { always, inOrder, type Fault, type GoogleEmulatorOptions } from '../src/index.ts';
import { failureOf, hear, ledgerSpeech, startGoogleSession, type GoogleSession } from './google-session.ts';

let session: GoogleSession | undefined;
afterEach(async () => {
  await session?.stop();
  session = undefined;
});

async function start(google?: GoogleOptions, emulated?: Partial<GoogleEmulatorOptions>): Promise<GoogleSession> {
  session = await startGoogleSession(google, emulated);
  return session;
}

const SPEECH = ledgerSpeech(12);
const WORDS = ledgerWords(1, 12).join(' ');
const NO_AUDIO = new Float32Array(0);
/** Long enough for an answer on a loaded machine, short enough to wait for. Units: milliseconds. */
const TIMEOUT_MS = 800;

describe('Google refuses', () => {
  it.each<[httpStatus: number, failure: RecognizerFailure]>([
    [400, 'bad_request'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'misconfigured'],
    [409, 'unavailable'],
    [429, 'rate_limited'],
    [499, 'unavailable'],
    [500, 'unavailable'],
    [501, 'misconfigured'],
    [503, 'unavailable'],
    [504, 'timeout'],
    [418, 'unavailable'],
  ])('as for HTTP %d: the utterance fails as %s after one request, the next is heard', async (httpStatus, failure) => {
    const { emulator, google } = await start();
    emulator.setFaults(inOrder([{ kind: 'refuse', httpStatus }]));

    expect((await failureOf(hear(google, SPEECH))).failure).toBe(failure);
    expect(emulator.requests).toBe(1);
    expect((await hear(google, SPEECH)).text).toBe(WORDS);
  });

  it('and says when to come back', async () => {
    const { google } = await start({}, { faults: always({ kind: 'refuse', httpStatus: 429, retryAfterMs: 1_500 }) });
    expect(await failureOf(hear(google, SPEECH))).toMatchObject({ failure: 'rate_limited', retryAfterMs: 1_500 });
  });

  it('a language that its model does not know', async () => {
    const ledger = createLedgerRecognizer({ kind: 'windowed' });
    const recognizer = { ...ledger, capabilities: { ...ledger.capabilities, languages: ['fr'] } };
    const { google } = await start({}, { recognizer });
    const error = await failureOf(hear(google, SPEECH));
    expect(error).toMatchObject({ failure: 'bad_request', isRetryable: false, isProviderFault: false });
  });

  it('an API that it does not have', async () => {
    const { google } = await start({ api: 'v2' }, { apiVersions: ['v1'] });
    expect((await failureOf(hear(google, SPEECH))).failure).toBe('misconfigured');
  });

  it('with words of its own, which stay in the cause', async () => {
    const { google } = await start({}, { faults: always({ kind: 'refuse', httpStatus: 403 }) });
    const error = await failureOf(hear(google, SPEECH));
    expect(error.message).toBe('Google ended the stream: PERMISSION_DENIED.');
    expect(error.cause).toMatchObject({ code: 7 });
  });
});

describe('Google breaks', () => {
  it('once in mid-stream, and nothing is noticed', async () => {
    const { emulator, google } = await start({}, { faults: inOrder([{ kind: 'cut', afterAudioMs: 2_000 }]) });
    expect((await hear(google, ledgerSpeech(30))).text).toBe(ledgerWords(1, 30).join(' '));
    expect(emulator.requests).toBe(2);
  });

  it('twice without a final between, and the second one goes up', async () => {
    const { emulator, google } = await start({}, { faults: always({ kind: 'cut', afterAudioMs: 2_000 }) });
    expect((await failureOf(hear(google, ledgerSpeech(30)))).failure).toBe('unavailable');
    expect(emulator.requests).toBe(2);
  });

  it('in mid-stream and at the quiet retry, which goes up as two failures in a row', async () => {
    const faults: Fault[] = [
      { kind: 'cut', afterAudioMs: 2_000 },
      { kind: 'refuse', httpStatus: 503 },
    ];
    const { google } = await start({}, { faults: inOrder(faults) });
    expect(await failureOf(hear(google, ledgerSpeech(30)))).toMatchObject({
      failure: 'unavailable',
      failedRequests: 2,
    });
  });

  it('before it has said anything, which goes up as one failure', async () => {
    const { google } = await start({}, { faults: always({ kind: 'refuse', httpStatus: 503 }) });
    expect(await failureOf(hear(google, SPEECH))).toMatchObject({ failure: 'unavailable', failedRequests: 1 });
  });

  it('with bytes that are no answer', async () => {
    const { google } = await start({}, { faults: always({ kind: 'garbage' }) });
    expect((await failureOf(hear(google, SPEECH))).failure).toBe('unavailable');
  });

  it.each<[when: string, fault: Fault]>([
    ['while audio flows', { kind: 'hang' }],
    ['after its end', { kind: 'slow', delayMs: 60_000 }],
  ])('off without a word, %s', async (_when, fault) => {
    const { google } = await start({ timeoutMs: TIMEOUT_MS }, { faults: always(fault) });
    const error = await failureOf(hear(google, ledgerSpeech(300)));
    expect(error).toMatchObject({ failure: 'timeout', isRetryable: true });
  });

  it('off while more audio is held than there is room for', async () => {
    const { google } = await start({ timeoutMs: TIMEOUT_MS }, { faults: always({ kind: 'hang' }) });
    const stream = google.openStream({ language: 'en' });
    expect((await failureOf(stream.feed(ledgerSpeech(1_300)))).failure).toBe('timeout');
  });

  it('no promise by saying nothing of noise', async () => {
    const { emulator, google } = await start({ timeoutMs: TIMEOUT_MS });
    const random = createRandom(7);
    const noise = Float32Array.from({ length: 1_600 }, () => (random.next() - 0.5) / 4);
    const stream = google.openStream({ language: 'en' });
    await eventually(async () => {
      await stream.feed(noise);
      expect(emulator.requests).toBeGreaterThan(2);
    });
    expect((await stream.finish()).text).toBe('');
  });

  it('no promise by being slow', async () => {
    const { google } = await start({}, { faults: always({ kind: 'slow', delayMs: 300 }) });
    expect((await hear(google, SPEECH)).text).toBe(WORDS);
  });
});

describe('Google cannot be reached', () => {
  it('where nobody listens', async () => {
    const google = await createGoogleRecognizer({ project: 'p', endpoint: `http://127.0.0.1:${await freePort()}` });
    expect((await failureOf(hear(google, SPEECH))).failure).toBe('unavailable');
    await google.close();
  });

  it('where somebody listens and says nothing', async () => {
    const { endpoint, stop } = await startMute();
    const google = await createGoogleRecognizer({ project: 'p', endpoint, connectTimeoutMs: 200 });
    expect((await failureOf(hear(google, SPEECH))).failure).toBe('timeout');
    await google.close();
    await stop();
  });
});

async function startMute(): Promise<{ readonly endpoint: string; readonly stop: () => Promise<void> }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a client that stalls in mid-utterance', () => {
  const isPutDown = (text: string): void => expect(text).toBe(ledgerWords(1, 12).join(' '));
  const begun = SPEECH.subarray(0, 12 * 1_600);

  it('has its stream put down, and goes on in another without a word lost or doubled', async () => {
    const { emulator, google } = await start({ idleAfterMs: 50 });
    const stream = google.openStream({ language: 'en' });
    await stream.feed(begun);
    await eventually(async () => isPutDown((await stream.feed(NO_AUDIO)).text));
    await stream.feed(ledgerSpeech(30).subarray(begun.length));
    const found = await stream.finish();

    expect(found.text).toBe(ledgerWords(1, 30).join(' '));
    expect(found.words?.at(-1)?.startSample).toBe(29 * 1_600 + 704);
    expect(emulator.requests).toBe(2);
  });

  it('and never comes back is heard to the end without being asked about again', async () => {
    const { emulator, google } = await start({ idleAfterMs: 50 });
    const stream = google.openStream({ language: 'en' });
    await stream.feed(begun);
    await eventually(async () => isPutDown((await stream.feed(NO_AUDIO)).text));
    const found = await stream.finish();

    expect(found.words?.map(({ word }) => word)).toEqual(ledgerWords(1, 12));
    expect(emulator.requests).toBe(1);
  });

  it.each(['v2', 'v1'] as const)('is not lost when Google ends the stream first (%s)', async (api) => {
    const { emulator, google } = await start({ api }, { audioTimeoutMs: 100 });
    const stream = google.openStream({ language: 'en' });
    await stream.feed(begun);
    await eventually(() => expect(emulator.requests).toBe(2));
    await stream.feed(ledgerSpeech(30).subarray(begun.length));
    expect((await stream.finish()).text).toBe(ledgerWords(1, 30).join(' '));
  });
});

describe('Google tells', () => {
  it.each([
    ['en', 'en-US'],
    ['fr', 'fr-FR'],
    ['pt-PT', 'pt-PT'],
    ['auto', 'en-US'],
  ])('which language was spoken: asked for %s, %s', async (language, found) => {
    const { google } = await start();
    const stream = google.openStream({ language });
    await stream.feed(SPEECH);
    expect((await stream.finish()).language).toBe(found);
  });

  it('what it has heard so far, without word times or a confidence until it is sure', async () => {
    const { google } = await start();
    const stream = google.openStream({ language: 'en' });
    await stream.feed(SPEECH.subarray(0, 12 * 1_600));
    const interim = await eventually(async () => {
      const found = await stream.feed(NO_AUDIO);
      expect(found.text).toMatch(/^w1 w2/);
      return found;
    });
    expect(interim).toMatchObject({ confidence: null });
    expect(interim.words).toBeUndefined();
    expect(await stream.finish()).toMatchObject({ text: WORDS, confidence: 0.9 });
  });
});

describe('a recogniser that is closed', () => {
  const HANDLES = ['TCPSocketWrap', 'TCPServerWrap', 'Timeout'];
  const handles = (): string[] => process.getActiveResourcesInfo().filter((name) => HANDLES.includes(name));

  it('leaves nothing running', async () => {
    const before = handles().length;
    const { google, stop } = await startGoogleSession();
    const stream = google.openStream({ language: 'en' });
    await stream.feed(SPEECH);
    const finishing = failureOf(stream.finish());
    await google.close();
    expect((await finishing).failure).toBe('called_off');
    await stop();
    await eventually(() => expect(handles().length).toBeLessThanOrEqual(before));
  });
});
