import type { ProviderName, ServerMessage } from '@verbatim/protocol';

/** Which recogniser a session's text came from, and when its client was told of trouble. */
export interface ProviderTrace {
  onMessage(message: ServerMessage): void;
  /** Of the newest text; `undefined` before the first. */
  current(): ProviderName | undefined;
  /** From `atMs` to the first text of another recogniser than `provider`; `undefined` while there was none. Units: milliseconds. */
  firstTextElsewhere(atMs: number, provider: ProviderName): number | undefined;
  /**
   * The same from the first text of `provider` that did not come, due `everyMs` after its last one: a recogniser that is asked once a second is
   * missed by nobody before that. A pause in speaking counts as missing text. Units: milliseconds.
   */
  missedTextFor(atMs: number, provider: ProviderName, everyMs: number): number | undefined;
  /** From `atMs` to the first `session_status`. Units: milliseconds. */
  firstStatus(atMs: number): number | undefined;
  /** Audio of finals by recogniser. Units: milliseconds. */
  servedMs(provider: ProviderName): number;
}

/** At eight messages a second a minute, longer than any fault that is looked at afterwards. */
const MOST_KEPT = 500;

type Moment =
  | { readonly kind: 'text'; readonly atMs: number; readonly provider: ProviderName }
  | { readonly kind: 'status'; readonly atMs: number };

export function createProviderTrace(nowMs: () => number = () => performance.now()): ProviderTrace {
  const moments: Moment[] = [];
  const servedMs = new Map<ProviderName, number>();
  let current: ProviderName | undefined;
  const keep = (moment: Moment): void => {
    moments.push(moment);
    if (moments.length > MOST_KEPT) moments.shift();
  };
  const firstAfter = (atMs: number, isIt: (moment: Moment) => boolean): number | undefined => {
    const found = moments.find((moment) => moment.atMs >= atMs && isIt(moment));
    return found && found.atMs - atMs;
  };
  const firstElsewhere = (atMs: number, provider: ProviderName) =>
    firstAfter(atMs, (moment) => moment.kind === 'text' && moment.provider !== provider);
  const lastTextAtMs = (provider: ProviderName): number =>
    moments.findLast((moment) => moment.kind === 'text' && moment.provider === provider)?.atMs ?? -Infinity;
  return {
    onMessage(message) {
      if (message.type === 'session_status') keep({ kind: 'status', atMs: nowMs() });
      if (message.type !== 'transcription') return;
      const { provider, is_final: isFinal, start_ms: startMs, end_ms: endMs } = message;
      if (message.text !== '') current = provider;
      keep({ kind: 'text', atMs: nowMs(), provider });
      if (isFinal) servedMs.set(provider, (servedMs.get(provider) ?? 0) + endMs - startMs);
    },
    current: () => current,
    firstTextElsewhere: firstElsewhere,
    missedTextFor(atMs, provider, everyMs) {
      const afterMs = firstElsewhere(atMs, provider);
      const dueAtMs = Math.max(atMs, lastTextAtMs(provider) + everyMs);
      return afterMs && Math.max(0, atMs + afterMs - dueAtMs);
    },
    firstStatus: (atMs) => firstAfter(atMs, ({ kind }) => kind === 'status'),
    servedMs: (provider) => servedMs.get(provider) ?? 0,
  };
}
