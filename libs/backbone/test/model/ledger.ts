/**
 * The arithmetic of the model: what is said, how it is recognised, and how far a checkpoint goes.
 *
 * Frame n carries the number n, so every frame that is lost, doubled or out of place shows. The "recogniser" makes one final of every
 * three frames: two words and a silence. Finals are a pure function of the audio, as the product's are.
 */

/** Two samples hold one 32-bit number: the smallest frame that tells which one it is. */
export const FRAME_SAMPLES = 2;
const FRAME_BYTES = FRAME_SAMPLES * 2;

/** Frames of one final; the last of them is silence, which only a commit without messages steps over. */
const UNIT_FRAMES = 3;

export function samplesOf(frame: number): number {
  return frame * FRAME_SAMPLES;
}

export function frameOf(sample: number): number {
  return sample / FRAME_SAMPLES;
}

/** The bytes of frames `from` to `to`, both included. */
export function pcmOf(from: number, to: number): Buffer {
  const pcm = Buffer.alloc((to - from + 1) * FRAME_BYTES);
  for (let frame = from; frame <= to; frame += 1) pcm.writeUInt32LE(frame, (frame - from) * FRAME_BYTES);
  return pcm;
}

export function framesIn(pcm: Buffer): readonly number[] {
  return Array.from({ length: pcm.length / FRAME_BYTES }, (_, index) => pcm.readUInt32LE(index * FRAME_BYTES));
}

/** How far a session's text has come. Invariant: `seq` follows from `frame`, so a checkpoint that skips a final shows. */
export interface Progress {
  readonly frame: number;
  readonly seq: number;
}

export const NOTHING_YET: Progress = { frame: 0, seq: 0 };

/** Number of finals that the frames up to here make: the second word of a unit completes it. */
export function finalsUpTo(frame: number): number {
  return Math.floor((frame + 1) / UNIT_FRAMES);
}

export function encodeProgress({ frame, seq }: Progress): string {
  return JSON.stringify({ frame, seq });
}

export function decodeProgress(checkpoint: string): Progress {
  return checkpoint === '' ? NOTHING_YET : (JSON.parse(checkpoint) as Progress);
}

export interface Message {
  readonly seq: number;
  readonly json: string;
}

/** A step of the recogniser: messages to log, and where it stands afterwards. */
export interface Recognised {
  readonly messages: readonly Message[];
  readonly progress: Progress;
}

/** What the next frames make: a final, or `undefined` messages for a silence that is merely stepped over. */
export function recognise(progress: Progress, heardFrames: ReadonlyMap<number, number>): Recognised | undefined {
  const next = progress.frame + 1;
  const heard = (frame: number) => heardFrames.get(frame);
  if (heard(next) === undefined) return undefined;
  if (next % UNIT_FRAMES === 0) return { messages: [], progress: { ...progress, frame: next } };
  const second = heard(next + 1);
  if (second === undefined) return undefined;
  return finalOf(progress, [heard(next) ?? 0, second]);
}

/** The end of the audio: what words are left make a last final, then the session's end is told. */
export function recogniseEnd(
  progress: Progress,
  heardFrames: ReadonlyMap<number, number>,
  end: { readonly frame: number; readonly reason: string },
): Recognised {
  const left = heardFrames.get(end.frame);
  const isWord = end.frame > progress.frame && end.frame % UNIT_FRAMES !== 0 && left !== undefined;
  const flushed: Recognised = isWord ? finalOf(progress, [left]) : { messages: [], progress };
  const seq = flushed.progress.seq + 1;
  // a failover may take audio back that was heard before
  const frame = Math.max(progress.frame, end.frame);
  const json = JSON.stringify({ type: 'session_ended', reason: end.reason, frames: frame });
  return { messages: [...flushed.messages, { seq, json }], progress: { frame, seq } };
}

function finalOf({ frame, seq }: Progress, words: readonly number[]): Recognised {
  const json = JSON.stringify({ type: 'final', seq: seq + 1, words });
  return { messages: [{ seq: seq + 1, json }], progress: { frame: frame + words.length, seq: seq + 1 } };
}

/** Why a session is over; `undefined`: it is not. */
export function endReasonOf(log: readonly Message[]): string | undefined {
  const last = log.at(-1);
  return last && (JSON.parse(last.json) as { readonly reason?: string }).reason;
}

/** Frames that the log of a session that is over says it had. */
export function endFrameOf(log: readonly Message[]): number {
  return (JSON.parse(log.at(-1)?.json ?? '{}') as { readonly frames?: number }).frames ?? 0;
}

/** The whole log of a session whose audio ended after `frames` frames, made from nothing but the definition above. */
export function logOf(frames: number, reason: string): readonly Message[] {
  const heard = new Map(Array.from({ length: frames }, (_, index) => [index + 1, index + 1]));
  const log: Message[] = [];
  let progress = NOTHING_YET;
  for (let step = recognise(progress, heard); step !== undefined; step = recognise(progress, heard)) {
    log.push(...step.messages);
    progress = step.progress;
  }
  return [...log, ...recogniseEnd(progress, heard, { frame: frames, reason }).messages];
}
