import { SttError } from '@verbatim/protocol';

/** Pieces of audio that may wait for room; whoever has more under way does not await `sendAudio`. */
const MOST_WAITING = 1_000;

interface Request {
  /** Audio waits for room; a request waits only for the audio before it. */
  readonly needsRoom: boolean;
  readonly act: () => void;
  readonly resolve: () => void;
  readonly reject: (error: SttError) => void;
}

/** Keeps what a user asks for in its order while audio waits for room. */
export interface WaitingLine {
  /** @throws SttError `rate_limited` when too much waits already. */
  admit(request: Pick<Request, 'needsRoom' | 'act'>): Promise<void>;
  /** Lets in whatever may go now. */
  move(): void;
  /** Turns away everybody who still waits. */
  refuse(error: SttError): void;
}

/** Creates an empty line. */
export function createWaitingLine(hasRoom: () => boolean): WaitingLine {
  let waiting: Request[] = [];
  let isMoving = false;

  const move = () => {
    // Acting changes the state, which calls for the line to move: the loop that runs already does that.
    if (isMoving) return;
    isMoving = true;
    for (let first = waiting[0]; first !== undefined && (!first.needsRoom || hasRoom()); first = waiting[0]) {
      waiting.shift();
      first.act();
      first.resolve();
    }
    isMoving = false;
  };

  return {
    admit({ needsRoom, act }) {
      if (waiting.length >= MOST_WAITING) {
        const sentence = `${MOST_WAITING} pieces of audio wait already: await sendAudio before sending more.`;
        return Promise.reject(new SttError('rate_limited', sentence));
      }
      return new Promise((resolve, reject) => {
        waiting.push({ needsRoom, act, resolve, reject });
        move();
      });
    },
    move,
    refuse(error) {
      const turnedAway = waiting;
      waiting = [];
      for (const { reject } of turnedAway) reject(error);
    },
  };
}
