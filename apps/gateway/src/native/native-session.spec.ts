import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { AudioWriterListener, GatewaySide, SessionSnapshot, TextListener } from '@verbatim/backbone';
import { createLogger } from '@verbatim/observability';
import { SttError, type Seq, type SessionId } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import type { WebSocket } from 'ws';
import { TrafficCounters } from '../presence/traffic-counters.ts';
import { NativeConnection } from './connection.ts';
import { DEFAULT_NATIVE_LIMITS } from './limits.ts';
import { NativeSession } from './native-session.ts';
import { createStorageWatch } from './storage-watch.ts';

const SESSION_ID = `s00-${'a'.repeat(32)}` as SessionId;
const OPENED = { sessionId: SESSION_ID, epoch: 'e1', resumeToken: 't1', connection: 1 };

/** A socket that keeps what happens to it: `{…}` messages, pauses, closes. */
class FakeSocket extends EventEmitter {
  readonly events: string[] = [];
  bufferedAmount = 0;
  isPaused = false;
  send(text: string): void {
    this.events.push(text);
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  close(code: number, reason: string): void {
    this.events.push(`close ${code} ${reason}`);
  }
}

/** A GatewaySide of one session that hands out what it was given. */
function fakeBackbone(changes: Partial<GatewaySide> = {}) {
  const calls: string[] = [];
  const given: { text?: TextListener; audio?: AudioWriterListener } = {};
  const backbone: Partial<GatewaySide> = {
    openSession: () => Promise.resolve(OPENED),
    detach: (sessionId, connection) => Promise.resolve(void calls.push(`detach ${sessionId} ${connection}`)),
    readSession: () => Promise.resolve(undefined),
    follow(_sessionId, _connection, afterSeq, listener) {
      calls.push(`follow after ${afterSeq}`);
      given.text = listener;
      return Promise.resolve({ stop: () => void calls.push('stop following') });
    },
    openAudioWriter(_session, _start, listener) {
      given.audio = listener;
      return {
        append: ({ endSample }) => void calls.push(`append ${endSample}`),
        mark: (control) => void calls.push(`mark ${control}`),
        drained: () => Promise.resolve(),
        close: () => void calls.push('close writer'),
      };
    },
    ...changes,
  };
  return { backbone: backbone as GatewaySide, calls, given };
}

function startSession(changes: Partial<GatewaySide> = {}, query = '') {
  const socket = new FakeSocket();
  const { backbone, calls, given } = fakeBackbone(changes);
  const limits = { ...DEFAULT_NATIVE_LIMITS, degradedAfterMs: 1000 };
  const client = new NativeConnection(socket as unknown as WebSocket, { requestId: 'r1', limits, nowMs: 0 });
  const lines: string[] = [];
  const log = createLogger({
    service: 'gateway',
    version: '0',
    destination: { write: (line) => void lines.push(line) },
  });
  const session = new NativeSession(
    {
      ...{ backbone, limits, log, resumeWindowMs: 300_000, nowMs: () => 0 },
      fleet: {
        admit: () => Promise.resolve({ provider: 'ledger' as const, fallbacks: [], settle: () => undefined }),
      },
      decoders: { open: () => refuseDecoding() },
      storage: createStorageWatch(() => 0),
      counters: new TrafficCounters(),
    },
    client,
  );
  const entered = session.enter(new URLSearchParams(query));
  const types = () =>
    socket.events.map((event) => (event.startsWith('{') ? (JSON.parse(event) as { type: string }).type : event));
  return { socket, calls, given, session, entered, types, lines };
}

/** Raw audio needs no decoder. */
function refuseDecoding(): never {
  throw new Error('a decoder was opened for raw audio');
}

function json(type: string, fields: object = {}): string {
  return JSON.stringify({ type, ...fields });
}

describe('NativeSession', () => {
  it('reads nothing until the session is open and its text is followed, and greets first', async () => {
    const { socket, entered, types, calls } = startSession();
    expect(socket.isPaused).toBe(true);
    await entered;
    expect(socket.isPaused).toBe(false);
    expect(types()).toEqual(['session_started']);
    expect(calls).toEqual(['follow after 0']);
  });

  it('hands the session back when the client left while it was being opened', async () => {
    let open: (value: typeof OPENED) => void = () => undefined;
    const { socket, entered, calls, types } = startSession({
      openSession: () => new Promise((resolve) => (open = resolve)),
    });
    await eventually(() => expect(open).not.toThrow());
    socket.emit('close', 1006, Buffer.alloc(0));
    open(OPENED);
    await entered;
    expect(calls).toEqual([`detach ${SESSION_ID} 1`]);
    expect(types()).toEqual([]);
  });

  it('forwards messages exactly as they are stored, and is done after session_ended', async () => {
    const { socket, entered, given, calls } = startSession();
    await entered;
    const final = '{"type":"transcription",   "text":"quotes \\"type\\":\\"session_ended\\" inside"}';
    const ended = json('session_ended', { text: '' });
    given.text?.onDurable({ seq: 1 as Seq, json: final });
    given.text?.onTransient('{"type":"speech_ended"}');
    given.text?.onDurable({ seq: 2 as Seq, json: ended });
    given.text?.onTransient('{"type":"late"}');
    expect(socket.events.slice(1)).toEqual([final, '{"type":"speech_ended"}', ended, 'close 1000 done']);
    expect(calls).not.toContain(`detach ${SESSION_ID} 1`);
    expect(calls).toContain('stop following');
  });

  it('closes with 4103 when the transcriber gives the recogniser up, and leaves the session to be resumed', async () => {
    const { socket, entered, given, calls } = startSession();
    await entered;
    given.text?.onTransient(json('transcription', { text: '"code":"provider_unavailable"' }));
    given.text?.onTransient(json('error', { code: 'provider_unavailable', error: 'it refuses to work' }));
    expect(socket.events.at(-1)).toMatch(/^close 4103 /);
    expect(socket.events.filter((event) => event.includes('it refuses to work'))).toHaveLength(1);
    expect(calls).toContain(`detach ${SESSION_ID} 1`);
  });

  it('holds the client back under pressure, acknowledges what is stored, and lets it go on', async () => {
    const { socket, entered, given, types } = startSession();
    await entered;
    socket.emit('message', Buffer.alloc(6400), true);
    given.audio?.onStored({ sample: 1600, clientBytes: 3200 });
    given.audio?.onPressure(true);
    expect(socket.isPaused).toBe(true);
    expect(types().at(-1)).toBe('ack');
    given.audio?.onPressure(false);
    expect(socket.isPaused).toBe(false);
  });

  it('marks the end behind all audio, the begun 100 ms included, and takes nothing after it', async () => {
    const { socket, entered, calls, types } = startSession();
    await entered;
    socket.emit('message', Buffer.alloc(3202), true);
    socket.emit('message', Buffer.from(json('end')), false);
    socket.emit('message', Buffer.alloc(3200), true);
    socket.emit('message', Buffer.from(json('finalize')), false);
    expect(calls.slice(1)).toEqual(['append 1600', 'append 1601', 'mark end']);
    expect(types()).toEqual(['session_started', 'error']);
  });

  it('detaches and keeps the session for a resume when the client vanishes', async () => {
    const { socket, entered, calls } = startSession();
    await entered;
    socket.emit('close', 1006, Buffer.alloc(0));
    expect(calls).toEqual(['follow after 0', 'stop following', 'close writer', `detach ${SESSION_ID} 1`]);
  });

  it('leaves a session alone that another connection has taken over', async () => {
    const { entered, given, calls, types } = startSession();
    await entered;
    given.text?.onReplaced();
    expect(types().slice(1)).toEqual(['error', 'close 4011 session_replaced']);
    expect(calls).not.toContain(`detach ${SESSION_ID} 1`);
  });

  const ENDED: Partial<GatewaySide> = {
    readSession: () => Promise.resolve({ state: 'ended' } as SessionSnapshot),
    readLog: (_sessionId, afterSeq) =>
      Promise.resolve(
        [1, 2].filter((seq) => seq > afterSeq).map((seq) => ({ seq: seq as Seq, json: storedJson(seq) })),
      ),
  };
  const storedJson = (seq: number) => json(seq === 2 ? 'session_ended' : 'transcription', { seq });

  it('gives the true answer when the audio is gone because the session ended', async () => {
    const { entered, given, types } = startSession(ENDED);
    await entered;
    given.text?.onDurable({ seq: 1 as Seq, json: storedJson(1) });
    given.audio?.onLost(new SttError('resume_unrecoverable', 'gone'));
    await eventually(() => expect(types().slice(1)).toEqual(['transcription', 'session_ended', 'close 1000 done']));
  });

  it('asks the log for the end when the channel lost just the last message, and sends nothing twice', async () => {
    const { socket, entered, given, types, session } = startSession(ENDED);
    await entered;
    socket.emit('message', Buffer.from(json('end')), false);
    given.text?.onDurable({ seq: 1 as Seq, json: storedJson(1) });
    session.onRound(4999);
    await new Promise(setImmediate);
    expect(types().slice(1)).toEqual(['ack', 'transcription']);
    session.onRound(5000);
    await eventually(() =>
      expect(types().slice(1)).toEqual(['ack', 'transcription', 'session_ended', 'close 1000 done']),
    );
  });

  it.each<[string, (session: NativeSession, audio: AudioWriterListener | undefined) => void]>([
    ['its audio cannot be written', (_session, audio) => audio?.onLost(new SttError('resume_unrecoverable', 'gone'))],
    ['only its record is missed, as no audio is on the way', (session) => session.onStateGone()],
  ])('says what was delivered before the stored state was lost: %s', async (_how, lose) => {
    const { socket, entered, given, types, session } = startSession();
    await entered;
    given.text?.onDurable({ seq: 7 as Seq, json: storedJson(7) });
    lose(session, given.audio);
    await eventually(() =>
      expect(types().slice(1)).toEqual(['transcription', 'error', 'close 4014 resume_unrecoverable']),
    );
    expect(socket.events.at(-2)).toContain('finals up to seq 7 were delivered');
  });

  it('sends the client to resume when Redis holds less audio than was acknowledged', async () => {
    const { socket, entered, given, types, calls } = startSession();
    await entered;
    given.audio?.onLost(new SttError('insufficient_state', 'Resume, and send again from the position that is told.'));
    await eventually(() => expect(types().slice(1)).toEqual(['error', 'close 4203 insufficient_state']));
    expect(socket.events.at(-2)).toContain('Resume, and send again');
    expect(calls).toContain(`detach ${SESSION_ID} 1`);
  });

  it('tells the client nothing of what lies behind a storage error, and logs it', async () => {
    const cause = new Error('ECONNREFUSED');
    const openSession = () =>
      Promise.reject(new SttError('storage_unavailable', 'Redis at 10.1.2.3:6379 …', { cause }));
    const { entered, socket, types, lines } = startSession({ openSession });
    await entered;
    expect(types()).toEqual(['error', 'close 4104 storage_unavailable']);
    expect(socket.events[0]).not.toContain('10.1.2.3');
    expect(lines.join('')).toContain('10.1.2.3');
  });

  it('answers a defect of ours with internal_error and the request id, never with its text', async () => {
    const { entered, socket, types } = startSession({
      openSession: () => Promise.reject(new TypeError('x is undefined')),
    });
    await entered;
    expect(types()).toEqual(['error', 'close 4105 internal_error']);
    expect(socket.events[0]).toContain('"request_id":"r1"');
    expect(socket.events[0]).not.toContain('x is undefined');
  });
});
