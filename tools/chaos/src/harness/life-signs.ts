import type { ServerMessage } from '@verbatim/protocol';

/** When a session's transcriber was heard, and how late its words were. */
export interface LifeSigns {
  onFrame(frame: number): void;
  onMessage(message: ServerMessage): void;
  /** From `atMs` to the first sign at least `graceMs` later; `undefined` while there was none. Units: milliseconds. */
  firstAfter(atMs: number, graceMs: number): number | undefined;
  /** The longest time without a sign between two moments. Units: milliseconds. */
  longestSilence(fromMs: number, toMs: number): number;
  /** How long after it was spoken each newest word came back, of the messages between two moments. Units: milliseconds. */
  wordDelays(fromMs: number, toMs: number): readonly number[];
  /** How often a new owner said that it took the session over. */
  recoveries(): number;
}

/** What only a transcriber says: an `ack` comes from the gateway alone, and so may any status but `recovering`. */
const TRANSCRIBER_MESSAGES: ReadonlySet<ServerMessage['type']> = new Set([
  'transcription',
  'speech_started',
  'speech_ended',
  'session_ended',
]);

/** At four signs a second more than a minute, longer than any fault that is looked at afterwards. */
const MOST_SIGNS = 300;

interface Sign {
  readonly atMs: number;
  readonly wordDelayMs: number | undefined;
}

export function createLifeSigns(nowMs: () => number = () => performance.now()): LifeSigns {
  const signs: Sign[] = [];
  const spokenAtMs: number[] = [];
  let newestFrame = 0;
  let recoveries = 0;
  const delayOf = (message: ServerMessage, atMs: number): number | undefined => {
    if (message.type !== 'transcription') return undefined;
    const frame = Number(/w(\d+)$/.exec(message.text)?.[1] ?? 0);
    if (frame <= newestFrame) return undefined;
    newestFrame = frame;
    const spoken = spokenAtMs[frame];
    return spoken === undefined ? undefined : atMs - spoken;
  };
  const between = (fromMs: number, toMs: number) => signs.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return {
    onFrame: (frame) => void (spokenAtMs[frame] = nowMs()),
    onMessage(message) {
      const isRecovering = message.type === 'session_status' && message.state === 'recovering';
      if (!isRecovering && !TRANSCRIBER_MESSAGES.has(message.type)) return;
      const atMs = nowMs();
      if (isRecovering) recoveries += 1;
      signs.push({ atMs, wordDelayMs: delayOf(message, atMs) });
      if (signs.length > MOST_SIGNS) signs.shift();
    },
    firstAfter(atMs, graceMs) {
      const first = signs.find((sign) => sign.atMs >= atMs + graceMs);
      return first && first.atMs - atMs;
    },
    longestSilence(fromMs, toMs) {
      const moments = [fromMs, ...between(fromMs, toMs).map(({ atMs }) => atMs), toMs];
      return moments.reduce((longest, atMs, at) => Math.max(longest, atMs - (moments[at - 1] ?? atMs)), 0);
    },
    wordDelays: (fromMs, toMs) => between(fromMs, toMs).flatMap(({ wordDelayMs }) => wordDelayMs ?? []),
    recoveries: () => recoveries,
  };
}
