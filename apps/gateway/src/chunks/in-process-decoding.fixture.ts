import { openMediaIntake, type MediaFormat, type MediaIntake, type MediaStart } from '@verbatim/audio';
import type { DecodedPiece, Decoding } from '../decoding/decoder-pool.ts';

/** A decoding without a worker: the same intake, in this thread. */
export function decodeHere(format: MediaFormat, start: MediaStart | undefined): Decoding {
  const opening = openMediaIntake(format, {
    limits: { longestSeconds: 600 },
    ...(start === undefined ? {} : { start }),
  });
  const run = async (use: (intake: MediaIntake) => DecodedPiece['chunks']): Promise<DecodedPiece> => {
    const intake = await opening;
    return { chunks: use(intake), header: intake.header };
  };
  return {
    accept: (bytes) => run((intake) => intake.accept(bytes)),
    flush: () => run((intake) => intake.flush()),
    end: () => run((intake) => intake.end()),
    close: () => void opening.then((intake) => intake.free()),
  };
}
