import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerMessage } from '@verbatim/protocol';
import { createRandom, eventually, freePort } from '@verbatim/testing';
import type { WebSocket } from 'ws';
import { openStreamingSession } from './open-streaming-session.ts';
import {
  errorMessage,
  refusalOf,
  RESUMED,
  STARTED,
  startScriptedGateway,
  type GatewayScript,
  type ScriptedGateway,
} from './scripted-gateway.fixture.ts';

const gateways: ScriptedGateway[] = [];

async function gatewayThat(script: GatewayScript): Promise<string> {
  const gateway = await startScriptedGateway(script);
  gateways.push(gateway);
  return gateway.url;
}

/** A gateway that starts the session and then does what the test wants. */
function startedGateway(then: (socket: WebSocket) => void = () => undefined): Promise<string> {
  return gatewayThat({
    onSocket(socket) {
      say(socket, STARTED);
      then(socket);
    },
  });
}

function say(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message));
}

async function readAll(session: AsyncIterable<ServerMessage>): Promise<ServerMessage[]> {
  const messages: ServerMessage[] = [];
  for await (const message of session) messages.push(message);
  return messages;
}

afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close();
});

describe('openStreamingSession', () => {
  it('asks for what is configured and resolves with what the gateway started', async () => {
    let path: string | undefined;
    const url = await gatewayThat({
      onSocket(socket, request) {
        path = request.url;
        say(socket, STARTED);
      },
    });
    const session = await openStreamingSession({ url, config: { language: 'fr', interim_results: false } });
    expect(path).toBe('/stt/stream?language=fr&interim_results=false');
    expect(session.opened).toEqual(STARTED);
    session.close();
  });

  it('resumes a session', async () => {
    let path: string | undefined;
    const url = await gatewayThat({
      onSocket(socket, request) {
        path = request.url;
        say(socket, RESUMED);
      },
    });
    const resume = { sessionId: STARTED.session_id, resumeToken: 'token-1', lastSeq: 9 };
    const session = await openStreamingSession({ url, resume });
    expect(path).toBe(`/stt/stream?session_id=${STARTED.session_id}&resume_token=token-1&last_seq=9`);
    expect(session.opened).toEqual(RESUMED);
    session.close();
  });

  it('gives every message in order, the first one and the ones right behind it too, and ends with the socket', async () => {
    const acks = Array.from({ length: 50 }, (_, index) => ({ type: 'ack', audio_bytes: index }));
    const url = await startedGateway((socket) => {
      for (const ack of acks) say(socket, ack);
      socket.close(1000, 'done');
    });
    const session = await openStreamingSession({ url });
    expect(await readAll(session)).toEqual([STARTED, ...acks]);
    expect(await session.closed).toEqual({ code: 1000, reason: 'done' });
  });

  it('is not disturbed by messages it does not know, binary frames and nonsense', async () => {
    const url = await startedGateway((socket) => {
      say(socket, { type: 'weather', sunny: true });
      socket.send('no json');
      socket.send(Buffer.from([1, 2, 3]));
      say(socket, { type: 'ack', audio_bytes: 7, colour: 'green' });
      socket.close(1000);
    });
    const session = await openStreamingSession({ url });
    expect(await readAll(session)).toEqual([STARTED, { type: 'ack', audio_bytes: 7, colour: 'green' }]);
  });

  it('sends audio as binary frames, byte for byte, and control messages between them', async () => {
    const received: unknown[] = [];
    const url = await startedGateway((socket) => {
      socket.on('message', (data: Buffer, isBinary) => {
        received.push(isBinary ? [...data] : JSON.parse(data.toString()));
        if (received.length === 5) socket.close(1000);
      });
    });
    const session = await openStreamingSession({ url });
    const bytes = Uint8Array.of(1, 2, 3);
    await session.sendAudio(bytes);
    bytes.fill(9);
    session.finalize();
    session.keepAlive();
    await session.sendAudio(bytes.subarray(1));
    session.end();
    await session.closed;
    expect(received).toEqual([[1, 2, 3], { type: 'finalize' }, { type: 'keepalive' }, [9, 9], { type: 'end' }]);
  });

  it('waits with more audio while the gateway does not read', async () => {
    let reader: WebSocket | undefined;
    let receivedBytes = 0;
    const url = await startedGateway((socket) => {
      reader = socket;
      socket.pause();
      socket.on('message', (data: Buffer) => (receivedBytes += data.length));
    });
    const session = await openStreamingSession({ url });
    const block = createRandom(1).bytes(65_536);
    const blocks = 400;
    let sentBlocks = 0;
    const sending = (async () => {
      for (; sentBlocks < blocks; sentBlocks += 1) await session.sendAudio(block);
    })();
    let before = -1;
    await eventually(
      () => {
        const grown = sentBlocks - before;
        before = sentBlocks;
        expect(grown).toBe(0);
      },
      { everyMs: 300 },
    );
    expect(sentBlocks).toBeLessThan(blocks);
    reader?.resume();
    await sending;
    await eventually(() => expect(receivedBytes).toBe(blocks * block.length));
    session.close();
  });

  it('fails the sending of audio with what the gateway said before it closed', async () => {
    const url = await startedGateway((socket) => {
      say(socket, errorMessage('session_limit', 'Start a new session.'));
      socket.close(4010, 'session_limit');
    });
    const session = await openStreamingSession({ url });
    await session.closed;
    const failure = { code: 'session_limit', message: 'Start a new session.' };
    await expect(session.sendAudio(new Uint8Array(2))).rejects.toMatchObject(failure);
    session.finalize();
    session.end();
    session.close();
  });

  it('fails audio that waits for room when the connection dies', async () => {
    const url = await startedGateway((socket) => {
      socket.pause();
      setTimeout(() => socket.terminate(), 300);
    });
    const session = await openStreamingSession({ url });
    const flood = async () => {
      for (let block = 0; block < 1_000; block += 1) await session.sendAudio(new Uint8Array(65_536));
    };
    await expect(flood()).rejects.toMatchObject({ code: 'ping_timeout' });
    expect((await session.closed).code).toBe(1006);
  });

  it('closes without end', async () => {
    const received: string[] = [];
    let closeCode: number | undefined;
    const url = await startedGateway((socket) => {
      socket.on('message', (data: Buffer) => received.push(data.toString()));
      socket.on('close', (code) => (closeCode = code));
    });
    const session = await openStreamingSession({ url });
    session.close();
    expect(await readAll(session)).toEqual([STARTED]);
    await eventually(() => expect(closeCode).toBe(1005));
    expect(received).toEqual([]);
  });

  it('closes when its signal is aborted', async () => {
    const stop = new AbortController();
    const session = await openStreamingSession({ url: await startedGateway(), signal: stop.signal });
    stop.abort();
    expect((await session.closed).code).toBe(1005);
  });
});

describe('openStreamingSession, when there is no session to be had', () => {
  it('rejects with the error that the gateway sends instead', async () => {
    const url = await gatewayThat({
      onSocket(socket) {
        say(socket, errorMessage('overloaded', 'Try again in two seconds.', 2000));
        socket.close(4100, 'overloaded');
      },
    });
    const failure = { code: 'overloaded', message: 'Try again in two seconds.', retryAfterMs: 2000 };
    await expect(openStreamingSession({ url })).rejects.toMatchObject(failure);
  });

  it('rejects with the error in the answer to the upgrade', async () => {
    const body = JSON.stringify(errorMessage('too_many_sessions', 'Close one first.'));
    const answer = refusalOf('429 Too Many Requests', body, ['Retry-After: 3']);
    const url = await gatewayThat({ refusal: answer });
    const failure = { code: 'too_many_sessions', message: 'Close one first.', retryAfterMs: 3000 };
    await expect(openStreamingSession({ url })).rejects.toMatchObject(failure);
  });

  it.each([
    ['404 Not Found', 'not_found'],
    ['401 Unauthorized', 'unauthorized'],
    ['502 Bad Gateway', 'overloaded'],
    ['500 Oh', 'internal_error'],
    ['400 Bad Request', 'bad_request'],
    ['200 OK', 'bad_request'],
  ])('asks whether a gateway is there when a stranger answers %s', async (status, code) => {
    const url = await gatewayThat({ refusal: refusalOf(status, '<html>') });
    const shown = `${url} answered HTTP ${status.slice(0, 3)} instead of opening a session`;
    const failing = openStreamingSession({ url });
    await expect(failing).rejects.toMatchObject({ code, message: expect.stringContaining(shown) as unknown });
  });

  it('says that nobody answers at the address', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const failing = openStreamingSession({ url });
    const message = `No gateway answers at ${url} (ECONNREFUSED); is it running, and are host and port right?`;
    await expect(failing).rejects.toMatchObject({ code: 'not_found', message });
  });

  it('says so too when something answers that is no web server', async () => {
    const server = createServer((socket) => socket.on('data', () => socket.end('220 mail ready\r\n')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const failing = openStreamingSession({ url: `http://127.0.0.1:${port}` });
    await expect(failing).rejects.toMatchObject({
      code: 'overloaded',
      message: expect.stringContaining('No gateway answers at') as unknown,
    });
    server.close();
  });

  it('rejects when the socket is closed before a session has started', async () => {
    const url = await gatewayThat({ onSocket: (socket) => socket.close(4200, 'go_away') });
    await expect(openStreamingSession({ url })).rejects.toMatchObject({ code: 'go_away' });
  });

  it('rejects with the reason of its signal, before and while it connects', async () => {
    const url = await gatewayThat({});
    const aborted = AbortSignal.abort(new Error('changed my mind'));
    await expect(openStreamingSession({ url, signal: aborted })).rejects.toThrow('changed my mind');
    const stop = new AbortController();
    const failing = openStreamingSession({ url, signal: stop.signal });
    stop.abort(new Error('taking too long'));
    await expect(failing).rejects.toThrow('taking too long');
  });
});
