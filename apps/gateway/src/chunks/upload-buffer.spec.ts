import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinPieces, NO_BYTES, UploadBuffer } from './upload-buffer.ts';

it('keeps what was pushed, in the same pieces and under the same digest however it came', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 200_000 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 20 }),
      (size, steps) => {
        const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
        const buffer = new UploadBuffer();
        let at = 0;
        for (const step of steps) {
          buffer.push(bytes.subarray(at, at + step));
          at = Math.min(size, at + step);
        }
        buffer.push(bytes.subarray(at));
        const { pieces, sizeBytes, digest } = buffer.finish();
        expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
        expect(sizeBytes).toBe(size);
        expect(digest).toBe(createHash('sha256').update(bytes).digest('base64url'));
        expect(pieces.map(({ length }) => length)).toEqual(
          Array.from({ length: Math.ceil(size / 65_536) }, (_, index) => Math.min(65_536, size - index * 65_536)),
        );
      },
    ),
    { numRuns: 50 },
  );
});

it('is empty before anything came', () => {
  expect(NO_BYTES).toMatchObject({ pieces: [], sizeBytes: 0 });
  expect(joinPieces([])).toHaveLength(0);
});
