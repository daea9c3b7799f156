import type { ClientOptions } from 'google-gax';
import { RecognizerError } from '../recognizer.ts';
import type { GoogleStatus } from './google-failure.ts';
import { judge } from './google-failure.ts';
import { misconfigured, type GoogleEndpoint, type GoogleSettings } from './google-options.ts';

/** What one StreamingRecognize call tells; nothing more is told after `onOver`. */
export interface GoogleCallListener {
  onResponse(response: unknown): void;
  /** It takes requests again after `write` answered false. */
  onDrain(): void;
  /** Null: it ended well. */
  onOver(status: GoogleStatus | RecognizerError | null): void;
}

/** One StreamingRecognize call on Google's wire. */
export interface GoogleCall {
  /** False: wait for `onDrain` before the next request. */
  write(request: object): boolean;
  halfClose(): void;
  /** Ends it at once; the listener hears nothing more. */
  cancel(): void;
}

export interface GoogleClient {
  /** The project that pays: what was set, else what the credentials say. */
  readonly project: string;
  openCall(listener: GoogleCallListener): GoogleCall;
  close(): Promise<void>;
}

/** The parts of the SDK's two clients that are used; `streamingRecognize` without the underscore speaks v1's requests to both. */
interface SpeechClient {
  initialize(): Promise<unknown>;
  getProjectId(): Promise<string>;
  _streamingRecognize(options: { readonly timeout: number }): GaxStream;
  close(): Promise<void>;
}

interface GaxStream extends NodeJS.EventEmitter {
  write(request: object): boolean;
  end(): void;
  cancel(): void;
}

/** The part of a grpc-js client that tells whether the channel is connected. */
interface GrpcStub {
  getChannel(): { getConnectivityState(tryToConnect: boolean): number };
}

/** `connectivityState.READY` of grpc-js. */
const READY = 2;

/** A dead connection is found within this, at a rate that Google's front ends bear. Units: milliseconds. */
const KEEPALIVE_TIME_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
/** What a call may outlive its rotation by while its last final comes. Units: milliseconds. */
const CALL_GRACE_MS = 60_000;

/**
 * Opens the SDK's client. The packages are imported here and not before: a transcriber without Google does not pay for them
 * (a third of a second and 42 MB).
 *
 * @throws RecognizerError if there are no credentials or no project.
 */
export async function openGoogleClient(settings: GoogleSettings): Promise<GoogleClient> {
  const { v1, v2 } = await import('@google-cloud/speech');
  const options = await clientOptions(settings);
  const client = (settings.api === 'v2' ? new v2.SpeechClient(options) : new v1.SpeechClient(options)) as SpeechClient;
  try {
    const stub = (await client.initialize()) as GrpcStub;
    const project = settings.project ?? (settings.api === 'v2' ? await client.getProjectId() : '');
    return {
      project,
      openCall: (listener) => openCall({ client, stub, settings }, listener),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close().catch(() => undefined);
    throw toStartError(error);
  }
}

function toStartError(error: unknown): RecognizerError {
  const verdict = judge(error as GoogleStatus);
  if (verdict.failure !== 'unauthorized')
    return misconfigured('Google could not be set up: is the project set?', error);
  const advice = 'Google has no credentials: set GOOGLE_APPLICATION_CREDENTIALS to a service account’s key file.';
  return new RecognizerError(advice, { failure: 'unauthorized', cause: error });
}

async function clientOptions({ endpoint, project }: GoogleSettings): Promise<ClientOptions> {
  const common = {
    'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    ...(project === undefined ? {} : { projectId: project }),
  };
  if (!endpoint) return common;
  const place = { apiEndpoint: endpoint.host, port: endpoint.port };
  return endpoint.isPlain ? { ...common, ...place, ...(await plainAccess(endpoint)) } : { ...common, ...place };
}

async function plainAccess({ host }: GoogleEndpoint): Promise<ClientOptions> {
  const { grpc, GoogleAuth } = await import('google-gax');
  const { PassThroughClient } = await import('google-auth-library');
  // The SDK carries its own copy of the auth library, whose private members make the two classes differ by type only.
  const auth = new GoogleAuth({ authClient: new PassThroughClient() as never, projectId: host });
  return { sslCreds: grpc.credentials.createInsecure(), auth };
}

interface CallContext {
  readonly client: SpeechClient;
  readonly stub: GrpcStub;
  readonly settings: GoogleSettings;
}

function openCall({ client, stub, settings }: CallContext, listener: GoogleCallListener): GoogleCall {
  const stream = client._streamingRecognize({ timeout: settings.rotateAfterMs + CALL_GRACE_MS });
  let isOver = false;
  function over(status: GoogleStatus | RecognizerError | null): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(connectTimer);
    listener.onOver(status);
  }
  // Not by the client's own waitForReady, whose timers outlive the channel.
  const connectTimer = setTimeout(() => {
    if (stub.getChannel().getConnectivityState(false) === READY) return;
    stream.cancel();
    over(new RecognizerError('Google could not be reached in time.', { failure: 'timeout' }));
  }, settings.connectTimeoutMs);
  stream.on('data', (response: unknown) => {
    if (!isOver) listener.onResponse(response);
  });
  stream.on('drain', () => {
    if (!isOver) listener.onDrain();
  });
  stream.on('end', () => over(null));
  // Stays for a call that was cancelled: its error is expected and must not be unheard.
  stream.on('error', (error: GoogleStatus) => over(error));
  return {
    write: (request) => !isOver && stream.write(request),
    halfClose: () => stream.end(),
    cancel() {
      isOver = true;
      clearTimeout(connectTimer);
      stream.cancel();
    },
  };
}
