import { createHash } from 'node:crypto';

/** The bytes of one upload, in pieces that a decoder takes one by one. */
export interface UploadedBytes {
  readonly pieces: readonly Uint8Array[];
  readonly sizeBytes: number;
  /** SHA-256 of the bytes, base64url. */
  readonly digest: string;
}

/** What a decoder is given at a time; also bounds how long the event loop hashes without a pause. */
const PIECE_BYTES = 65_536;

/**
 * Collects an upload as it arrives. It copies into pieces of equal size, so that thousands of tiny writes cannot cost more than the bytes
 * that they carry, and so that a repeat of the same bytes is decoded in the same pieces.
 */
export class UploadBuffer {
  readonly #hash = createHash('sha256');
  readonly #pieces: Uint8Array[] = [];
  #last = new Uint8Array(0);
  #lastBytes = 0;
  #sizeBytes = 0;

  push(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      if (this.#lastBytes === this.#last.length) this.#begin();
      const part = bytes.subarray(at, at + this.#last.length - this.#lastBytes);
      this.#last.set(part, this.#lastBytes);
      this.#lastBytes += part.length;
      at += part.length;
    }
  }

  finish(): UploadedBytes {
    const whole = this.#pieces.slice(0, -1);
    const pieces = this.#pieces.length === 0 ? [] : [...whole, this.#last.subarray(0, this.#lastBytes)];
    return { pieces, sizeBytes: this.#sizeBytes, digest: this.#hash.digest('base64url') };
  }

  #begin(): void {
    this.#last = new Uint8Array(PIECE_BYTES);
    this.#lastBytes = 0;
    this.#pieces.push(this.#last);
  }
}

/** Nothing was uploaded. */
export const NO_BYTES: UploadedBytes = new UploadBuffer().finish();

/** The whole of it in one piece: for packets, and for a look at its beginning. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}
