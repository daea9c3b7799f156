import type { DurableMessage } from '@verbatim/backbone';
import { SttError, toErrorMessage, type Seq } from '@verbatim/protocol';
import { createOutbox, isStorageAway, type BuildMessage } from '../committing/outbox.ts';
import { readCheckpoint, releaseBeforeSample, type SessionCheckpoint } from '../committing/session-checkpoint.ts';
import { toMs } from '../messages/milliseconds.ts';
import { sessionEndedMessage } from '../messages/session-ended-message.ts';
import type { SessionOptions } from './session-options.ts';
import type { Session } from './session.ts';

/**
 * So many owners in a row that failed with a session, each by a defect that it met in this session's work, with nothing committed in
 * between: a sixth would fail too. Owners that died do not count. Worked failure: processes are killed, or Redis is away, every few
 * seconds on a machine that cannot keep up; no owner lives long enough for a commit, and sessions that nothing is wrong with would be
 * ended. Units: owners.
 */
export const QUARANTINE_AFTER_OWNERS = 5;

/** True for a session that must not be opened again. */
export function isQuarantined({ failedOwners }: { readonly failedOwners: number }): boolean {
  return failedOwners >= QUARANTINE_AFTER_OWNERS;
}

/**
 * Ends a session without touching its audio: the client is told how far its text goes, and `session_ended` is committed with the
 * text that the log holds. It reads nothing and has no work.
 * @throws UnreadableCheckpointError
 */
export function openQuarantinedSession(options: SessionOptions): Session {
  const { claimed, backbone, listener } = options;
  const { sessionId, fence } = claimed;
  const checkpoint = readCheckpoint(claimed.checkpoint, claimed.config.channels);
  const outbox = createOutbox({
    ...{ ...claimed, checkpoint, after: options.after, isRetryable: isStorageAway },
    commit: backbone.commit.bind(backbone),
    onFenced: () => listener.onFenced(),
    onRolledBack: () => listener.onRolledBack(),
    onEnded: () => listener.onEnded(),
    onFailed: (error) => listener.onFailed(error),
  });
  outbox.end(async () => {
    const log = await backbone.readLog(sessionId, 0 as Seq);
    // Before the last message, with which the gateway closes the connection.
    backbone.publish(sessionId, fence, JSON.stringify(apology(options, checkpoint)));
    return lastMessage(options, log, checkpoint);
  });
  return {
    ...{ sessionId, fence, cursor: undefined, lagMs: 0 },
    accept: () => undefined,
    work: () => false,
    reportStatus: () => undefined,
    reconsider: () => undefined,
    async handOver() {
      outbox.stop();
      await backbone.release(sessionId, fence, 'handed_over');
    },
    stop: () => outbox.stop(),
  };
}

function apology({ claimed, wallMs }: SessionOptions, checkpoint: SessionCheckpoint) {
  const { sessionId } = claimed;
  const error = new SttError(
    'audio_undecodable',
    `The audio after ${coveredMs(checkpoint)} ms cannot be transcribed, ${claimed.failedOwners} transcribers failed at it one after ` +
      `the other; the transcript up to there is complete.`,
  );
  // Nobody's request led to this: the session's own id is what the logs can be searched by.
  return toErrorMessage(error, { requestId: sessionId, sessionId, atMs: wallMs() });
}

function lastMessage(
  { claimed }: SessionOptions,
  log: readonly DurableMessage[],
  checkpoint: SessionCheckpoint,
): BuildMessage {
  const audioSamples = releaseBeforeSample(checkpoint);
  return (seq) => JSON.stringify(sessionEndedMessage({ ...claimed, log, audioSamples, reason: 'quarantined' }, seq));
}

/** How far the text goes on every channel. Units: milliseconds of audio. */
export function coveredMs(checkpoint: SessionCheckpoint): number {
  return toMs(releaseBeforeSample(checkpoint));
}
