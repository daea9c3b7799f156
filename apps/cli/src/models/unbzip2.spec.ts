import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { unbzip2 } from './unbzip2.ts';

const TINY = readFileSync(new URL('../../test/fixtures/sherpa-onnx-tiny-model.tar.bz2', import.meta.url));

async function decompress(content: Buffer, pieceBytes = 100): Promise<Buffer> {
  async function* pieces() {
    for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of unbzip2(pieces())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('bzip2 in our own language', () => {
  it('gives what was put in, whatever the pieces', async () => {
    const [whole, inPieces] = [await decompress(TINY, TINY.length), await decompress(TINY, 7)];
    expect(whole.includes('weights '.repeat(4000))).toBe(true);
    expect(inPieces).toEqual(whole);
  });

  it.each([
    ['text', Buffer.from('<html>Not found, not found, not found</html>')],
    ['half of itself', TINY.subarray(0, TINY.length / 2)],
    ['changed in the middle', Buffer.from(TINY).fill(0xff, 150, 170)],
  ])('fails for what is %s', async (_what, content) => {
    await expect(decompress(content)).rejects.toThrow();
  });
});
