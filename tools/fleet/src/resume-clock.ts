import type { ConnectionState } from '@verbatim/client';

/** A connection that was lost and replaced. Units: milliseconds. */
export interface Resume {
  /** From the loss to `session_resumed`. */
  readonly awayMs: number;
  /** From the first try to `session_resumed`. */
  readonly tryingMs: number;
}

/** Times the resumes of one session by what its stream says of its connection. */
export interface ResumeClock {
  readonly resumes: readonly Resume[];
  readonly onConnection: (connection: ConnectionState) => void;
}

export function createResumeClock(nowMs: () => number = () => performance.now()): ResumeClock {
  const resumes: Resume[] = [];
  let lost: { readonly atMs: number; readonly firstTryAtMs: number } | undefined;
  return {
    resumes,
    onConnection(connection) {
      const atMs = nowMs();
      if (connection.state === 'resuming') lost ??= { atMs, firstTryAtMs: atMs + connection.retryInMs };
      if (connection.state !== 'open' || lost === undefined) return;
      resumes.push({ awayMs: atMs - lost.atMs, tryingMs: atMs - lost.firstTryAtMs });
      lost = undefined;
    },
  };
}
