import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerMessage } from '@verbatim/protocol';
import { createRandom, eventually, freePort } from '@verbatim/testing';
import { openTranscriptionStream } from './open-transcription-stream.ts';
import { ended, final } from './resuming/stream.fixture.ts';
import type { ConnectionState } from './resuming/stream-outcome.ts';
import {
  greet,
  startResumingGateway,
  type ResumingGateway,
  type Visit,
  type VisitScript,
} from './resuming-gateway.fixture.ts';
import type { TranscriptionStream, TranscriptionStreamOptions } from './transcription-stream.ts';

const AUDIO = createRandom(3).bytes(64_000);
const FRAME_BYTES = 3_200;

const gateways: ResumingGateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
});

async function gatewayThat(...scripts: readonly VisitScript[]): Promise<ResumingGateway> {
  const gateway = await startResumingGateway(...scripts);
  gateways.push(gateway);
  return gateway;
}

/** Opens a stream that notes where its connection stands. */
async function open(urls: string | readonly string[], options: Partial<TranscriptionStreamOptions> = {}) {
  const connections: ConnectionState[] = [];
  const stream = await openTranscriptionStream({ ...options, urls, onConnection: (state) => connections.push(state) });
  return { stream, connections };
}

async function sendAll(stream: TranscriptionStream, audio = AUDIO): Promise<void> {
  for (let at = 0; at < audio.length; at += FRAME_BYTES) await stream.sendAudio(audio.subarray(at, at + FRAME_BYTES));
  stream.end();
}

async function readAll(stream: AsyncIterable<ServerMessage>): Promise<ServerMessage[]> {
  const messages: ServerMessage[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

function seqsOf(messages: readonly ServerMessage[]): readonly number[] {
  return messages.flatMap((message) => ('seq' in message ? [message.seq] : []));
}

/** Takes what comes and answers `end`: the durable messages from `fromSeq` on, then close 1000. */
function finishFrom(fromSeq: number): VisitScript {
  return (visit) => {
    visit.onFrame(() => {
      if (visit.received.at(-1) !== 'end') return;
      visit.say(final(fromSeq));
      visit.say(ended(fromSeq + 1));
      visit.close(1000);
    });
  };
}

/** Does something once so much audio came over a connection. */
function after(visit: Visit, audioBytes: number, act: () => void): void {
  let isDone = false;
  visit.onFrame(() => {
    if (isDone || visit.audio().length < audioBytes) return;
    isDone = true;
    act();
  });
}

describe('openTranscriptionStream', () => {
  it('streams over one connection as long as it holds', async () => {
    const gateway = await gatewayThat((visit) => {
      greet(visit);
      finishFrom(1)(visit);
    });
    const { stream, connections } = await open(gateway.url, { config: { language: 'fr' } });
    const reading = readAll(stream);
    await sendAll(stream);
    expect((await reading).map(({ type }) => type)).toEqual(['session_started', 'transcription', 'session_ended']);
    expect(await stream.closed).toMatchObject({ kind: 'ended', ended: { text: 'all of it' } });
    expect(gateway.visits[0]?.audio()).toEqual(Buffer.from(AUDIO));
    expect(gateway.visits[0]?.query.get('language')).toBe('fr');
    expect(connections.map(({ state }) => state)).toEqual(['connecting', 'open', 'closed']);
  });

  it('goes on over another connection, at the position of the gateway and after the last message, when one is cut', async () => {
    const resumesAt = 6_400;
    const gateway = await gatewayThat(
      (visit) => {
        greet(visit);
        after(visit, 16_000, () => {
          visit.say({ type: 'ack', audio_bytes: 9_600 });
          visit.say(final(1));
          visit.say(final(2));
          setImmediate(() => visit.cut());
        });
      },
      (visit) => {
        greet(visit, { audio_bytes: resumesAt, from_seq: 2 });
        visit.say(final(2));
        finishFrom(3)(visit);
      },
    );
    const { stream, connections } = await open(gateway.url);
    const reading = readAll(stream);
    await sendAll(stream);
    expect(seqsOf(await reading)).toEqual([1, 2, 3, 4]);
    const query = gateway.visits[1]?.query;
    expect([query?.get('session_id'), query?.get('resume_token')]).toEqual([stream.started.session_id, 'token-1']);
    expect(Number(query?.get('last_seq'))).toBe(2);
    expect(gateway.visits[1]?.audio()).toEqual(Buffer.from(AUDIO.subarray(resumesAt)));
    expect(connections.map(({ state }) => state)).toEqual(['connecting', 'open', 'resuming', 'open', 'closed']);
    expect(connections[2]).toMatchObject({ reason: { code: 'ping_timeout' }, attempt: 1 });
  });

  it.each([
    [4203, 'insufficient_state', undefined],
    [4200, 'go_away', undefined],
    [4100, 'overloaded', 300],
  ] as const)('resumes after close %i, no sooner than it is asked to', async (closeCode, code, retryAfterMs) => {
    let closedAtMs = 0;
    let backAtMs = 0;
    const gateway = await gatewayThat(
      (visit) => {
        greet(visit);
        closedAtMs = performance.now();
        visit.refuse(closeCode, code, retryAfterMs);
      },
      (visit) => {
        backAtMs = performance.now();
        greet(visit);
        finishFrom(1)(visit);
      },
    );
    const { stream } = await open(gateway.url);
    const reading = readAll(stream);
    await sendAll(stream);
    expect((await reading).some(({ type }) => type === 'error')).toBe(false);
    expect(backAtMs - closedAtMs).toBeGreaterThanOrEqual(retryAfterMs ?? 0);
    expect(gateway.visits[1]?.audio()).toEqual(Buffer.from(AUDIO));
  });

  it.each([
    [4014, 'resume_unrecoverable'],
    [4011, 'session_replaced'],
  ])('stops at close %i: the reader and the sender get the reason', async (closeCode, code) => {
    const gateway = await gatewayThat((visit) => {
      greet(visit);
      visit.refuse(closeCode, code);
    });
    const { stream } = await open(gateway.url);
    const reason = { code, message: `About ${code}.` };
    await expect(readAll(stream)).rejects.toMatchObject(reason);
    await expect(stream.sendAudio(AUDIO)).rejects.toMatchObject(reason);
    expect(await stream.closed).toMatchObject({ kind: 'failed', error: reason });
    stream.finalize();
    stream.end();
    stream.close();
    expect(gateway.visits).toHaveLength(1);
  });

  it('asks for finals and the end again that were asked for while there was no connection', async () => {
    const gateway = await gatewayThat(
      (visit) => {
        greet(visit);
        visit.cut();
      },
      (visit) => {
        greet(visit);
        finishFrom(1)(visit);
      },
    );
    const { stream, connections } = await open(gateway.url);
    const reading = readAll(stream);
    await eventually(() => expect(connections.at(-1)).toMatchObject({ state: 'resuming' }));
    await stream.sendAudio(AUDIO.subarray(0, 100));
    stream.finalize();
    await stream.sendAudio(AUDIO.subarray(100, 200));
    stream.end();
    await expect(stream.sendAudio(AUDIO)).rejects.toMatchObject({ code: 'bad_request' });
    await reading;
    const received = gateway.visits[1]?.received.map((frame) => (typeof frame === 'string' ? frame : frame.length));
    expect(received).toEqual([100, 'finalize', 100, 'end']);
  });

  it('goes over to another replica after go_away', async () => {
    const second = await gatewayThat((visit) => {
      greet(visit);
      finishFrom(1)(visit);
    });
    const first = await gatewayThat((visit) => {
      greet(visit);
      visit.say({ type: 'go_away', time_left_ms: 200 });
    });
    const { stream } = await open([first.url, second.url]);
    await sendAll(stream);
    await readAll(stream);
    expect(second.visits[0]?.audio()).toEqual(Buffer.from(AUDIO));
    expect([first.visits.length, second.visits.length]).toEqual([1, 1]);
  });

  it('holds the sender back at the bound until the gateway acknowledges', async () => {
    const gateway = await gatewayThat((visit) => greet(visit));
    const { stream } = await open(gateway.url, { mostUnacknowledgedMs: 1_000 });
    let sentBytes = 0;
    const sending = (async () => {
      for (; sentBytes < AUDIO.length; sentBytes += FRAME_BYTES)
        await stream.sendAudio(AUDIO.subarray(sentBytes, sentBytes + FRAME_BYTES));
    })();
    const visit = gateway.visits[0];
    await eventually(() => expect(visit?.audio().length).toBe(32_000));
    expect(sentBytes).toBe(32_000);
    visit?.say({ type: 'ack', audio_bytes: 32_000 });
    await sending;
    await eventually(() => expect(visit?.audio().length).toBe(AUDIO.length));
    stream.close();
    expect(await stream.closed).toEqual({ kind: 'closed' });
  });

  it('calls back with what it delivers, and needs no reader then', async () => {
    const seen: string[] = [];
    const gateway = await gatewayThat((visit) => {
      greet(visit);
      visit.say({ type: 'session_status', state: 'degraded', lag_ms: 5, provider: 'local', reason: 'r' });
      visit.say(final(1, { text: 'Hello.' }));
      visit.say(ended(2));
      visit.close(1000);
    });
    const { stream } = await open(gateway.url, {
      onTranscription: ({ text }) => seen.push(text),
      onStatus: ({ state }) => seen.push(state),
      onMessage: ({ type }) => seen.push(type),
    });
    await stream.closed;
    expect(seen).toEqual(['session_started', 'session_status', 'degraded', 'transcription', 'Hello.', 'session_ended']);
  });

  it('gives up when the resume window has passed', async () => {
    const gateway = await gatewayThat((visit) => {
      greet(visit, { resume_window_s: 1 });
      if (!visit.query.has('session_id')) void visit.cut();
      else visit.refuse(4104, 'storage_unavailable');
    });
    const { stream } = await open(gateway.url);
    const message = expect.stringMatching(/could not be resumed within 1 s.*About storage_unavailable/) as unknown;
    await expect(readAll(stream)).rejects.toMatchObject({ code: 'resume_unrecoverable', message });
  });

  it('closes when its signal is aborted', async () => {
    const stop = new AbortController();
    const { stream } = await open((await gatewayThat((visit) => greet(visit))).url, { signal: stop.signal });
    stop.abort();
    expect((await readAll(stream)).map(({ type }) => type)).toEqual(['session_started']);
    expect(await stream.closed).toEqual({ kind: 'closed' });
  });
});

describe('openTranscriptionStream, when there is no session to be had', () => {
  it('takes the next address where nobody answers at the first', async () => {
    const gateway = await gatewayThat((visit) => greet(visit));
    const { stream } = await open([`http://127.0.0.1:${await freePort()}`, gateway.url]);
    expect(stream.connection).toEqual({ state: 'open', isResumed: false });
    stream.close();
  });

  it('says that nobody answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const message = `No gateway answers at ${url} (ECONNREFUSED); is it running, and are host and port right?`;
    await expect(open(url)).rejects.toMatchObject({ code: 'not_found', message });
  });

  it('says what the gateway said', async () => {
    const { url } = await gatewayThat((visit) => visit.refuse(4100, 'overloaded', 2_000));
    await expect(open(url)).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 2_000 });
  });

  it('keeps trying as long as it may', async () => {
    const { url } = await gatewayThat(
      (visit) => visit.refuse(4100, 'overloaded'),
      (visit) => greet(visit),
    );
    const { stream } = await open(url, { openWithinMs: 10_000 });
    stream.close();
  });

  it.each([[[]], ['nowhere'], [['http://127.0.0.1:1', 'nowhere']]])('refuses %j as addresses', async (urls) => {
    await expect(open(urls)).rejects.toMatchObject({
      code: 'bad_request',
      field: expect.stringMatching(/url/) as unknown,
    });
  });

  it('rejects with the reason of its signal, before and while it connects', async () => {
    const { url } = await gatewayThat(() => undefined);
    const reason = new Error('changed my mind');
    await expect(open(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const failing = open(url, { signal: stop.signal });
    stop.abort(reason);
    await expect(failing).rejects.toBe(reason);
  });
});
