import type { DecodedBlock } from './media-track.ts';
import { createRestartTrail } from './restart-trail.ts';

/** The sound of packets, one after the other, with the places at which a decoder could begin. */
export interface SoundLine {
  /** Leaves out the beginning of what follows. Units: frames. */
  leaveOut(frames: number): void;
  /**
   * Puts a packet's sound behind what is there; `undefined` when nothing of it is left.
   * @param restartBytes where a decoder can begin so that this is its first sound; absent where it cannot
   */
  append(samples: readonly Float32Array[], restartBytes?: number): DecodedBlock | undefined;
}

/** Creates a line whose first sound is the given frame. @param prerollFrames how far back the codec remembers. Units: frames */
export function createSoundLine(firstFrame: number, prerollFrames: number): SoundLine {
  const trail = createRestartTrail(prerollFrames);
  let frame = firstFrame;
  let toLeaveOut = 0;

  return {
    leaveOut(frames) {
      toLeaveOut = frames;
    },
    append(samples, restartBytes) {
      const length = samples[0]?.length ?? 0;
      const skipped = Math.min(toLeaveOut, length);
      toLeaveOut -= skipped;
      // A decoder that begins here knows nothing of what is left out: only whole packets can be begun with.
      if (restartBytes !== undefined && skipped === 0) trail.add({ clientBytes: restartBytes, frame });
      if (length === skipped) return undefined;
      const restart = trail.before(frame);
      const block = { frame, samples: skipped === 0 ? samples : samples.map((lane) => lane.subarray(skipped)) };
      frame += length - skipped;
      return restart === undefined ? block : { ...block, restart };
    },
  };
}

/** Takes frames away from the end of packets' sounds, the last ones first. */
export function withoutEnd<Sound extends { readonly samples: readonly Float32Array[] }>(
  sounds: readonly Sound[],
  frames: number,
): Sound[] {
  let toTake = frames;
  return sounds
    .toReversed()
    .map((sound) => {
      const length = sound.samples[0]?.length ?? 0;
      const taken = Math.min(toTake, length);
      toTake -= taken;
      return taken === 0 ? sound : { ...sound, samples: sound.samples.map((lane) => lane.subarray(0, length - taken)) };
    })
    .toReversed();
}
