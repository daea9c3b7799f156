import { createServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Emulator, EmulatorOptions } from '../emulator.ts';
import { always, type FaultScript } from '../fault.ts';
import type { ApiVersion } from './google-status.ts';
import { serveCall, type SpeechCall } from './recognize-call.ts';
import { loadSpeechService } from './speech-service.ts';

export interface GoogleEmulatorOptions extends EmulatorOptions {
  /** Default: both. */
  readonly apiVersions?: readonly ApiVersion[];
  /** When Google ends a stream by itself. Default 305, as Google says. */
  readonly streamLimitSeconds?: number;
  /** What the limit counts: time on the clock, as Google does (default), or audio, for tests that send it faster. */
  readonly limitCounts?: 'wall' | 'audio';
  /** A stream without audio for so long is ended. Units: milliseconds. Default 10,000. */
  readonly audioTimeoutMs?: number;
  /** Default 0: any free one. */
  readonly port?: number;
}

const DEFAULT_STREAM_LIMIT_SECONDS = 305;
const DEFAULT_AUDIO_TIMEOUT_MS = 10_000;
const HOST = '127.0.0.1';

/** Starts Google's Speech-to-Text on this machine: StreamingRecognize of v1 and v2 over gRPC, plain. */
export async function startGoogleEmulator(options: GoogleEmulatorOptions): Promise<Emulator> {
  const tally = { requests: 0, audioSamples: 0 };
  let faults: FaultScript = options.faults ?? always(undefined);
  let scriptedFrom = 0;
  const sockets = new Map<string, Socket>();
  const serve = (version: ApiVersion) => (call: SpeechCall) => {
    const fault = faults(tally.requests - scriptedFrom);
    tally.requests += 1;
    serveCall(call, {
      version,
      recognizer: options.recognizer,
      fault,
      streamLimitSeconds: options.streamLimitSeconds ?? DEFAULT_STREAM_LIMIT_SECONDS,
      limitCounts: options.limitCounts ?? 'wall',
      audioTimeoutMs: options.audioTimeoutMs ?? DEFAULT_AUDIO_TIMEOUT_MS,
      onAudio: (samples) => (tally.audioSamples += samples),
      cutConnection: () => sockets.get(call.getPeer())?.destroy(),
    });
  };
  const server = new Server();
  for (const version of options.apiVersions ?? (['v1', 'v2'] as const)) {
    server.addService(loadSpeechService(version), { StreamingRecognize: serve(version) });
  }
  const listening = await listen(server, sockets, options.port ?? 0);
  return {
    url: `http://${HOST}:${listening.port}`,
    port: listening.port,
    get requests() {
      return tally.requests;
    },
    get audioSamples() {
      return tally.audioSamples;
    },
    setFaults(script) {
      faults = script;
      scriptedFrom = tally.requests;
    },
    stop: listening.stop,
  };
}

interface Listening {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** The sockets are ours, so that a single one can be cut; grpc-js is handed each of them. */
async function listen(server: Server, sockets: Map<string, Socket>, port: number): Promise<Listening> {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const acceptor = createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(peer, socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(peer));
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    acceptor.once('error', reject);
    acceptor.listen(port, HOST, resolve);
  });
  const address = acceptor.address();
  if (address === null || typeof address === 'string') throw new Error('The emulator listens on no port.');
  return {
    port: address.port,
    async stop() {
      const closed = new Promise<void>((resolve) => acceptor.close(() => resolve()));
      for (const socket of sockets.values()) socket.destroy();
      injector.destroy();
      server.forceShutdown();
      await closed;
    },
  };
}
