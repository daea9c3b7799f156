import type { AudioChunk, AudioIntake, IntakeStart } from '../intake.ts';
import { BYTES_PER_SAMPLE, CHUNK_SAMPLES } from '../pipeline-format.ts';

/**
 * The gateway's hot path: 16 kHz s16le is cut into chunks by nothing but a copy. The copy is needed: a WebSocket's frame is a
 * slice of a larger buffer, which it would keep alive.
 */
export function createCopyingIntake(channels: number, start: IntakeStart): AudioIntake {
  const frameBytes = channels * BYTES_PER_SAMPLE;
  const chunkBytes = CHUNK_SAMPLES * frameBytes;
  let { sample, clientBytes } = start;
  let pending = new Uint8Array(chunkBytes);
  let pendingBytes = 0;

  const emit = (pcm: Uint8Array): AudioChunk => {
    sample += pcm.length / frameBytes;
    clientBytes += pcm.length;
    return { endSample: sample, pcm, clientBytes };
  };

  return {
    accept(bytes) {
      const chunks: AudioChunk[] = [];
      for (let at = 0; at < bytes.length;) {
        const piece = bytes.subarray(at, at + chunkBytes - pendingBytes);
        pending.set(piece, pendingBytes);
        pendingBytes += piece.length;
        at += piece.length;
        if (pendingBytes < chunkBytes) break;
        chunks.push(emit(pending));
        pending = new Uint8Array(chunkBytes);
        pendingBytes = 0;
      }
      return chunks;
    },
    flush() {
      const wholeBytes = pendingBytes - (pendingBytes % frameBytes);
      if (wholeBytes === 0) return undefined;
      const chunk = emit(pending.slice(0, wholeBytes));
      pending.copyWithin(0, wholeBytes, pendingBytes);
      pendingBytes -= wholeBytes;
      return chunk;
    },
    get danglingBytes() {
      return pendingBytes % frameBytes;
    },
  };
}
