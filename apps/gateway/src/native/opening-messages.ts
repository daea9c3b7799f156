import type { OpenedSession, ResumedSession } from '@verbatim/backbone';
import type { OpenSessionConfig, Seq, SessionResumed, SessionStarted } from '@verbatim/protocol';

/** The first message of a new session. */
export function sessionStarted(
  opened: OpenedSession,
  config: OpenSessionConfig,
  resumeWindowMs: number,
): SessionStarted {
  return {
    type: 'session_started',
    session_id: opened.sessionId,
    language: config.language,
    provider: config.provider,
    sample_rate: config.sample_rate,
    chunk_size: config.chunk_size,
    encoding: config.encoding,
    channels: config.channels,
    resume_token: opened.resumeToken,
    resume_window_s: Math.floor(resumeWindowMs / 1000),
    epoch: opened.epoch,
  };
}

/** The first message of a resumed connection: our own position rules, the client sends from there. */
export function sessionResumed(resumed: ResumedSession, fromSeq: Seq, resumeWindowMs: number): SessionResumed {
  return {
    type: 'session_resumed',
    recovered: true,
    session_id: resumed.sessionId,
    epoch: resumed.epoch,
    audio_bytes: resumed.audio.clientBytes,
    from_seq: fromSeq,
    resume_token: resumed.resumeToken,
    resume_window_s: Math.floor(resumeWindowMs / 1000),
  };
}
