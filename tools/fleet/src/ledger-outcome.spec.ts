import { describe, expect, it } from '@jest/globals';
import type { ServerMessage } from '@verbatim/protocol';
import { createOutcomeRecord } from './ledger-outcome.ts';

const ack = (audioBytes: number) => ({ type: 'ack', audio_bytes: audioBytes }) as ServerMessage;
const resumed = (audioBytes: number) => ({ type: 'session_resumed', audio_bytes: audioBytes }) as ServerMessage;

function reclaimedBytes(...messages: readonly ServerMessage[]): number {
  const record = createOutcomeRecord();
  for (const message of messages) record.take(message);
  return record.finish({ frames: 0, closeCode: 1000, resumes: [], error: undefined }).reclaimedBytes;
}

describe('acknowledged audio', () => {
  it('that a resume asks for again is counted, each time', () => {
    expect(reclaimedBytes(ack(3200), resumed(1600), ack(6400), resumed(6000))).toBe(2000);
  });

  it('is not counted where a resume goes on at the acknowledgement or beyond it', () => {
    expect(reclaimedBytes(ack(3200), resumed(3200), resumed(4800), ack(6400))).toBe(0);
  });

  it('is counted once when two resumes ask for the same', () => {
    expect(reclaimedBytes(ack(3200), resumed(1600), resumed(1600))).toBe(1600);
  });
});
