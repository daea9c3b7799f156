import type { RestartPoint } from './media-track.ts';

/** Remembers where a decoder could have begun, until a place lies far enough back for the codec to have forgotten what was before. */
export interface RestartTrail {
  /** A decoder can begin here. Points come in their order. */
  add(point: RestartPoint): void;
  /** The nearest place from which a frame comes out as it does here; `undefined` when there is none yet. */
  before(frame: number): RestartPoint | undefined;
}

/** Creates a trail. @param prerollFrames how far back the codec remembers. Units: frames */
export function createRestartTrail(prerollFrames: number): RestartTrail {
  const points: RestartPoint[] = [];
  return {
    add: (point) => void points.push(point),
    before(frame) {
      const reached = (point: RestartPoint | undefined) => point !== undefined && point.frame + prerollFrames <= frame;
      while (reached(points[1])) points.shift();
      return reached(points[0]) ? points[0] : undefined;
    },
  };
}
