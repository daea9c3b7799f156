import { SttError } from '@verbatim/protocol';
import type { AudioIntake } from '../intake.ts';
import type { MediaIntake, MediaLimits, MediaStart } from '../media.ts';
import { PIPELINE_SAMPLE_RATE_HZ } from '../pipeline-format.ts';

const NO_HEADER = new Uint8Array(0);

/** Raw samples behind the face of packed audio, for callers that take either. */
export function createRawIntake(intake: AudioIntake, start: MediaStart, { longestSeconds }: MediaLimits): MediaIntake {
  const lastSample = start.sample + longestSeconds * PIPELINE_SAMPLE_RATE_HZ;
  const rest = () => {
    const chunk = intake.flush();
    return chunk === undefined ? [] : [chunk];
  };
  return {
    accept(bytes) {
      const chunks = intake.accept(bytes);
      if ((chunks.at(-1)?.endSample ?? 0) <= lastSample) return chunks;
      throw new SttError('audio_too_long', `This audio is longer than ${longestSeconds} seconds; send it in parts.`);
    },
    flush: rest,
    end: rest,
    header: NO_HEADER,
    free: () => undefined,
  };
}
