import type { Transcription } from '@verbatim/protocol';

/** A transcription as the gateway sends it, with what a test cares about put in. */
export function transcription(part: Partial<Transcription>): Transcription {
  return {
    type: 'transcription',
    text: '',
    is_final: false,
    confidence: null,
    language: 'en',
    timestamp: '2025-01-01T00:00:00.000000',
    session_id: 's',
    seq: 1,
    segment_id: 0,
    revision: 0,
    start_ms: 0,
    end_ms: 1000,
    channel: 0,
    provider: 'ledger',
    speech_final: true,
    stable_chars: 0,
    ...part,
  };
}
