import { parseStreamQuery, SttError } from '@verbatim/protocol';
import type { CounterName } from '../presence/traffic-counters.ts';
import { openSession, type Entrance } from './entrance.ts';
import { resumeSession } from './resume-session.ts';
import type { SessionParts } from './session-parts.ts';

/**
 * Opens or resumes the session that the query of an upgrade asks for, and counts what came of it.
 * @throws SttError saying what the client should do
 */
export async function enterSession(parts: SessionParts, query: URLSearchParams): Promise<Entrance> {
  let isResume = false;
  try {
    const parsed = parseStreamQuery(query);
    isResume = parsed.kind === 'resume';
    const entrance = await (parsed.kind === 'open'
      ? openSession(parts, parsed.config)
      : resumeSession(parts, parsed.resume));
    parts.counters.count(isResume ? 'resumes_recovered' : 'sessions_opened');
    return entrance;
  } catch (thrown) {
    parts.counters.count(isResume ? 'resumes_refused' : refusedCounter(SttError.from(thrown)));
    throw thrown;
  }
}

/** The counter of a session that was not opened. */
export function refusedCounter({ code }: SttError): CounterName {
  return `refused_sessions:${code}`;
}
