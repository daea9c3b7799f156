import { readFileSync } from 'node:fs';

/** The same three seconds of speech in every kind of file; they are the audio library's. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../../libs/audio/test/fixtures/${name}`, import.meta.url));
}

/** Cuts bytes into pieces of one length. */
export function piecesOf(bytes: Uint8Array, pieceBytes: number): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / pieceBytes);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes));
}
