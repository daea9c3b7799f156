import type { Response } from 'express';
import type { Fault } from '../fault.ts';
import type { TranscriptionAnswer } from './transcription-answer.ts';

/** Sends an answer as the fault wants it: whole, broken off after its first part, or as bytes that are none. */
export function sendAnswer(response: Response, answer: TranscriptionAnswer, fault: Fault | undefined): void {
  if (response.destroyed) return;
  response.status(200).set('content-type', answer.contentType);
  switch (fault?.kind) {
    case 'cut':
      return sendFirstPart(response, answer);
    case 'garbage':
      return void response.end(answer.contentType.startsWith('text/event-stream') ? 'data: {"typ\n\n' : '{"text": "so');
    default:
      return void response.end(answer.parts.join(''));
  }
}

/** The headers promise more than comes: the connection is cut once the first part has left. */
function sendFirstPart(response: Response, { parts }: TranscriptionAnswer): void {
  const whole = parts.join('');
  const first = parts.length > 1 ? (parts[0] ?? '') : whole.slice(0, whole.length / 2);
  response.set('content-length', String(Buffer.byteLength(whole)));
  response.write(first, () => response.socket?.destroy());
}
