import type { SessionConfig } from '@verbatim/protocol';
import { createAudioRing } from './audio-ring.ts';
import type { Dial, Link } from './links/link.ts';
import { readMessage } from './read-message.ts';
import { nextDueMs } from './resuming/due.ts';
import { step } from './resuming/step.ts';
import type { LinkClose, Moment, ResumePoint, StreamEffect, StreamEvent } from './resuming/stream-events.ts';
import { createStreamState, type StreamSettings, type StreamState } from './resuming/stream-state.ts';
import { sessionAddress } from './session-address.ts';

/** An event before the shell puts time and chance to it. */
export type Happening = StreamEvent extends infer Event
  ? Event extends Moment
    ? Omit<Event, keyof Moment>
    : never
  : never;

/** Time and chance; tests bring their own. */
export interface Surroundings {
  /** Monotonic. Units: milliseconds. */
  nowMs(): number;
  /** Evenly distributed in [0, 1). */
  chance(): number;
}

export interface ShellOptions {
  readonly settings: StreamSettings;
  readonly urls: readonly string[];
  readonly config: Partial<SessionConfig>;
  readonly dial: Dial;
  readonly surroundings: Surroundings;
  /** Takes the effects that are for the user. */
  readonly tell: (effect: Extract<StreamEffect, { kind: 'Deliver' | 'TellConnection' | 'Finish' }>) => void;
  /** Called after each step, for whatever waits for the state to change. */
  readonly onStepped: () => void;
}

/** What runs the core: it holds the bytes, the connection and the timer, and decides nothing. */
export interface StreamShell {
  readonly state: StreamState;
  happen(event: Happening): void;
  /** Takes over the bytes. */
  offerAudio(bytes: Uint8Array): void;
}

/** Longest delay that `setTimeout` takes; it fires at once for a longer one. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Creates a shell; nothing happens before `Started`. */
export function createStreamShell(options: ShellOptions): StreamShell {
  const { surroundings, onStepped } = options;
  const line = createLine(options);
  let state = createStreamState(options.settings, surroundings.nowMs());
  let timer: { readonly atMs: number; readonly handle: ReturnType<typeof setTimeout> } | undefined;

  const happen = (event: Happening) => {
    const moment = { atMs: surroundings.nowMs(), chance: surroundings.chance() };
    const result = step(state, { ...event, ...moment });
    state = result.state;
    for (const effect of result.effects) line.perform(effect, happen);
    arm();
    onStepped();
  };

  /** A timer that fires too early finds nothing due and is set anew; so it is only touched when it would fire too late. */
  const arm = () => {
    const atMs = nextDueMs(state);
    if (timer !== undefined && timer.atMs <= atMs && atMs !== Infinity) return;
    clearTimeout(timer?.handle);
    timer = undefined;
    if (atMs === Infinity) return;
    const fire = () => {
      timer = undefined;
      happen({ kind: 'TimePassed' });
    };
    const delayMs = Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(atMs - surroundings.nowMs())));
    timer = { atMs, handle: setTimeout(fire, delayMs) };
  };

  return {
    get state() {
      return state;
    },
    happen,
    offerAudio(bytes) {
      line.ring.push(bytes);
      happen({ kind: 'AudioOffered', bytes: bytes.length });
    },
  };
}

/** The present connection and the audio for it. What an earlier connection still says is not heard. */
function createLine({ urls, config, dial, tell }: ShellOptions) {
  const ring = createAudioRing();
  let link: Link | undefined;

  const connect = (urlIndex: number, resume: ResumePoint | undefined, happen: (event: Happening) => void) => {
    const address = sessionAddress({ url: urls[urlIndex] ?? '', config, ...(resume === undefined ? {} : { resume }) });
    const isPresent = () => link === own;
    const own = dial(address, {
      onText(text) {
        const message = isPresent() ? readMessage(text) : undefined;
        if (message !== undefined) happen({ kind: 'MessageReceived', message });
      },
      onClosed(close: LinkClose) {
        if (!isPresent()) return;
        link = undefined;
        happen({ kind: 'LinkClosed', close });
      },
    });
    link = own;
  };

  const perform = (effect: StreamEffect, happen: (event: Happening) => void) => {
    switch (effect.kind) {
      case 'Connect':
        return connect(effect.urlIndex, effect.resume, happen);
      case 'Disconnect': {
        const old = link;
        link = undefined;
        return old?.close();
      }
      case 'SendAudio':
        return ring.read(effect.fromByte, effect.toByte).forEach((bytes) => link?.send(bytes));
      case 'SendControl':
        return link?.send(JSON.stringify({ type: effect.control }));
      case 'TrimAudio':
        return ring.trim(effect.beforeByte);
      case 'Deliver':
      case 'TellConnection':
      case 'Finish':
        return tell(effect);
    }
  };
  return { ring, perform };
}
