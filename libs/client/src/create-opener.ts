import { SttError, type SessionStarted } from '@verbatim/protocol';
import { audioBounds } from './audio-bounds.ts';
import { createDeferred } from './deferred.ts';
import { createDeliveries } from './deliveries.ts';
import type { Dial } from './links/link.ts';
import type { ConnectionState, StreamOutcome } from './resuming/stream-outcome.ts';
import { hasRoom, type StreamSettings } from './resuming/stream-state.ts';
import { sessionAddress } from './session-address.ts';
import { createStreamShell, type ShellOptions, type Surroundings } from './stream-shell.ts';
import type { TranscriptionStream, TranscriptionStreamOptions } from './transcription-stream.ts';
import { createWaitingLine } from './waiting-line.ts';

/** A resume needs the audio after the gateway's position, which a failover can put this far behind an acknowledgement. */
const DEFAULT_KEEP_MS = 30_000;

/** Bridges what most outages last, in 0.96 MB of 16 kHz speech. */
const DEFAULT_MOST_UNACKNOWLEDGED_MS = 30_000;

/** Long enough to tell a good connection from one that breaks again and again. Units: milliseconds. */
const DEFAULT_STABLE_AFTER_MS = 30_000;

const MACHINE: Surroundings = { nowMs: () => performance.now(), chance: () => Math.random() };

/**
 * Opens a session and keeps it open: what breaks is resumed, on any gateway, without a word lost or doubled.
 * @throws SttError when no session can be had: what the gateway said, or that nobody answers. An aborted `signal` rejects with
 * its reason.
 */
export type OpenTranscriptionStream = (options: TranscriptionStreamOptions) => Promise<TranscriptionStream>;

/** Makes the opener for an environment: what differs between Node and a browser is how it dials. */
export function createOpener(dial: Dial, surroundings: Surroundings = MACHINE): OpenTranscriptionStream {
  return async (options) => {
    options.signal?.throwIfAborted();
    const urls = checkedUrls(options);
    const parts = assemble(options, { urls, dial, surroundings, config: options.config ?? {} });
    closeOnAbort(parts, options.signal);
    parts.shell.happen({ kind: 'Started' });
    const started = await parts.started;
    if (started !== undefined) return toStream(parts, started);
    options.signal?.throwIfAborted();
    const outcome = await parts.closed;
    throw outcome.kind === 'failed' ? outcome.error : new SttError('bad_request', 'The session ended before it began.');
  };
}

type Assembled = ReturnType<typeof assemble>;

function assemble(
  options: TranscriptionStreamOptions,
  given: Pick<ShellOptions, 'urls' | 'dial' | 'surroundings' | 'config'>,
) {
  const started = createDeferred<SessionStarted | undefined>();
  const closed = createDeferred<StreamOutcome>();
  let connection: ConnectionState = { state: 'connecting' };
  const deliveries = createDeliveries(options, () => queueMicrotask(() => shell.happen({ kind: 'ReaderOverrun' })));
  const line = createWaitingLine(() => hasRoom(shell.state));
  const finish = (outcome: StreamOutcome) => {
    deliveries.end(outcome);
    line.refuse(overError(outcome));
    started.resolve(undefined);
    closed.resolve(outcome);
  };
  const shell = createStreamShell({
    ...given,
    settings: toSettings(options, given.urls),
    onStepped: () => line.move(),
    tell(effect) {
      if (effect.kind === 'Finish') return finish(effect.outcome);
      if (effect.kind === 'TellConnection') return deliveries.tellConnection((connection = effect.connection));
      deliveries.deliver(effect.message);
      if (effect.message.type === 'session_started') started.resolve(effect.message);
    },
  });
  return { shell, line, deliveries, started: started.promise, closed: closed.promise, connection: () => connection };
}

function toStream(
  { shell, line, deliveries, closed, connection }: Assembled,
  started: SessionStarted,
): TranscriptionStream {
  let isEndAsked = false;
  const ask = (kind: 'FinalizeAsked' | 'EndAsked') => {
    if (shell.state.phase.kind === 'over' || isEndAsked) return;
    isEndAsked = kind === 'EndAsked';
    // A stream that is over by the time the line has moved answers nothing more.
    line.admit({ needsRoom: false, act: () => shell.happen({ kind }) }).catch(() => undefined);
  };
  return {
    started,
    closed,
    get connection() {
      return connection();
    },
    async sendAudio(bytes) {
      const { phase } = shell.state;
      if (phase.kind === 'over') throw overError(phase.outcome);
      if (isEndAsked) throw new SttError('bad_request', 'The stream was asked to end: no audio can follow.');
      if (bytes.length === 0) return;
      const own = bytes.slice();
      await line.admit({ needsRoom: true, act: () => shell.offerAudio(own) });
    },
    finalize: () => ask('FinalizeAsked'),
    end: () => ask('EndAsked'),
    close: () => shell.happen({ kind: 'CloseAsked' }),
    [Symbol.asyncIterator]: () => deliveries[Symbol.asyncIterator](),
  };
}

function toSettings(options: TranscriptionStreamOptions, urls: readonly string[]): StreamSettings {
  const { config = {}, openWithinMs = 0, stableAfterMs = DEFAULT_STABLE_AFTER_MS } = options;
  const { keepMs = DEFAULT_KEEP_MS, mostUnacknowledgedMs = DEFAULT_MOST_UNACKNOWLEDGED_MS } = options;
  const bounds = audioBounds(config, { keepMs, mostUnacknowledgedMs });
  return { urlCount: urls.length, openWithinMs, stableAfterMs, ...bounds };
}

/** @throws SttError `bad_request` for an address that is none: at once, not at the first outage. */
function checkedUrls({ urls }: TranscriptionStreamOptions): readonly string[] {
  const all = typeof urls === 'string' ? [urls] : urls;
  if (all.length === 0) throw new SttError('bad_request', 'Give the address of a gateway.', { field: 'urls' });
  for (const url of all) sessionAddress({ url });
  return all;
}

function overError(outcome: StreamOutcome): SttError {
  return outcome.kind === 'failed'
    ? outcome.error
    : new SttError('bad_request', 'The session has ended; open a new one.');
}

function closeOnAbort({ shell, closed }: Assembled, signal: AbortSignal | undefined): void {
  const close = () => shell.happen({ kind: 'CloseAsked' });
  signal?.addEventListener('abort', close, { once: true });
  void closed.then(() => signal?.removeEventListener('abort', close));
}
