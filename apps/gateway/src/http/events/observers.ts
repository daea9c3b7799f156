import { SttError } from '@verbatim/protocol';
import { spreadRetryMs } from '../../retry-after.ts';
import type { Observer } from './observer.ts';
import type { ObserverLimits } from './observer-limits.ts';

/** Every open event stream of this process: how many there may be, and who looks after them. */
export interface Observers {
  readonly limits: ObserverLimits;
  readonly size: number;
  /** @throws SttError `overloaded` when there are as many as there may be, `go_away` while this replica drains */
  checkRoom(): void;
  /** Looks after it until its response is closed. */
  add(observer: Observer, onClose: (listener: () => void) => void): void;
  /** Ends every stream. Each is told another time to come back, so that they do not come in one instant. */
  drain(): void;
}

/** All of them share one timer, which looks at each in turn: a slice of a keep-alive interval apart. */
const SLICES_PER_INTERVAL = 15;

export function createObservers(limits: ObserverLimits): Observers {
  const slices = Array.from({ length: SLICES_PER_INTERVAL }, () => new Set<Observer>());
  let added = 0;
  let nextSlice = 0;
  let isDraining = false;
  let timer: NodeJS.Timeout | undefined;

  const size = () => slices.reduce((sum, slice) => sum + slice.size, 0);
  const walk = () => {
    for (const observer of slices[nextSlice] ?? []) observer.onRound();
    nextSlice = (nextSlice + 1) % SLICES_PER_INTERVAL;
  };

  return {
    limits,
    get size() {
      return size();
    },
    checkRoom() {
      if (isDraining) throw new SttError('go_away', 'This replica is shutting down: ask again, another one answers.');
      if (size() >= limits.maxObservers) throw tooManyObservers(limits.maxObservers);
    },
    add(observer, onClose) {
      timer ??= setInterval(walk, limits.keepAliveMs / SLICES_PER_INTERVAL);
      const slice = slices[added % SLICES_PER_INTERVAL];
      added += 1;
      slice?.add(observer);
      onClose(() => {
        slice?.delete(observer);
        if (size() > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
    drain() {
      isDraining = true;
      for (const observer of slices.flatMap((slice) => [...slice])) observer.sendAway(spreadRetryMs());
    },
  };
}

function tooManyObservers(limit: number): SttError {
  return new SttError('overloaded', `This replica has its ${limit} observers already: try again in a moment.`, {
    retryAfterMs: spreadRetryMs(),
  });
}
