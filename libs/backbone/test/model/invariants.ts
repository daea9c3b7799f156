import { endReasonOf, finalsUpTo, type Message } from './ledger.ts';
import type { Look } from './look.ts';

/** A promise that was broken. Anything else that is thrown is a fault of the model or of its surroundings. */
export class Violation extends Error {}

export function insist(isKept: boolean, promise: string): void {
  if (!isKept) throw new Violation(promise);
}

/** What must be true of everything that Redis holds of a session, at any moment. */
export function checkStanding(look: Look): void {
  if (look.state === undefined) return;
  checkLog(look);
  if (look.state === 'ended') return checkEnded(look);
  insist(look.isInOpen, 'a session that is not over is in `open`, or nobody would ever claim it');
  if (look.state === 'expiring') insist(!look.isInExpiry, 'a session that expires has left `expiry`');
  else insist(look.isInExpiry, 'a session that is not over is in `expiry`, or nobody would ever end it');
  insist(look.progress.seq === look.seq, 'the checkpoint and the log say the same');
  insist(finalsUpTo(look.progress.frame) === look.seq, 'the checkpoint skips no final that is not in the log');
  if (look.audioEndFrame !== undefined) checkAudio(look, look.audioEndFrame);
}

function checkLog({ log, seq }: Look): void {
  insist(log.length === seq, 'the log has as many messages as the record says');
  log.forEach((message, index) => insist(message.seq === index + 1, 'the log is numbered 1, 2, 3 … without a gap'));
  const words = log.flatMap(wordsIn);
  words.forEach((word, index) => insist(word === wordAt(index), 'the log has every word once and in order'));
}

function checkEnded({ log, audio, isInOpen, isInExpiry }: Look): void {
  insist(!isInOpen && !isInExpiry, 'a session that is over has left `open` and `expiry`');
  insist(audio.length === 0, "a session that is over has no audio any more, or somebody else's");
  insist(endReasonOf(log) !== undefined, 'a session that is over has said so in its log');
}

function checkAudio({ audio, progress }: Look, audioEndFrame: number): void {
  let heardUpTo = progress.frame;
  for (const { frames } of audio) {
    const first = frames[0];
    if (first === undefined) continue;
    insist(first <= heardUpTo + 1, 'every frame that was accepted is in a final or still in the stream');
    frames.forEach((frame, index) => insist(frame === first + index, 'the frames of an entry go on from each other'));
    heardUpTo = Math.max(heardUpTo, first + frames.length - 1);
  }
  insist(heardUpTo >= audioEndFrame, 'the stream holds what was stored last, or a final covers it');
  const hasPosition = audio.length > 0;
  insist(hasPosition, 'the stream of a live session never runs empty: a resume reads the position at its end');
}

/** What a call may have done to the text: nothing, or something behind it. */
export function checkTextKept(before: Look, after: Look): void {
  if (after.state === undefined) return;
  insist(after.log.length >= before.log.length, 'committed text is never taken back');
  before.log.forEach(({ json }, index) => insist(after.log[index]?.json === json, 'committed text never changes'));
}

/** A call that was refused has no effect at all. */
export function checkUnchanged(before: Look, after: Look): void {
  if (before.state !== undefined) insist(before.text === after.text, 'a call that is refused changes nothing');
}

export function wordsIn({ json }: Message): readonly number[] {
  return (JSON.parse(json) as { words?: readonly number[] }).words ?? [];
}

/** Words are all frames but every third. */
function wordAt(index: number): number {
  return 1 + index + Math.floor(index / 2);
}
