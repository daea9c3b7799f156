import type { ProviderName } from '@verbatim/protocol';
import type { ProviderBench } from '../session/session-options.ts';

/**
 * A provider that a session has left is left alone by it for so long, and a session goes back to the one it prefers at most so often: two
 * providers that fail now and then must not throw it to and fro, as each change reads audio again. Units: milliseconds.
 */
export const RETURN_AFTER_MS = 30_000;

/** The recognisers that one session may use, the preferred one first, and the one it uses. */
export interface ProviderChain {
  readonly current: ProviderBench;
  /** One that would take the session now; `undefined` when none would. */
  alternative(): ProviderBench | undefined;
  /** The first of those preferred to the current one that has recovered and would let this session in. */
  recovered(): ProviderBench | undefined;
  /** Goes on with `next`, which was an {@link alternative} or {@link recovered}. */
  take(next: ProviderBench): void;
}

/**
 * Begins with the first provider that is well, or with the preferred one when none is: it is asked with patience then.
 * @throws Error when there is none at all
 */
export function createProviderChain(benches: readonly ProviderBench[], nowMs: () => number): ProviderChain {
  const [preferred] = benches;
  if (preferred === undefined) throw new Error('a session without a single recogniser');
  let current = benches.find(({ health }) => health.admit()) ?? preferred;
  let changedAtMs = nowMs();
  const leftAtMs = new Map<ProviderName, number>();

  const isRested = ({ name }: ProviderBench): boolean => nowMs() - (leftAtMs.get(name) ?? -Infinity) >= RETURN_AFTER_MS;

  return {
    get current() {
      return current;
    },
    alternative() {
      const others = benches.filter((bench) => bench !== current && bench.health.isAdmitting);
      const rested = others.find(isRested);
      // One that was left is better than one that is not to be asked at all.
      return rested ?? (current.health.phase === 'open' ? others[0] : undefined);
    },
    recovered() {
      if (nowMs() - changedAtMs < RETURN_AFTER_MS) return undefined;
      const better = benches.slice(0, benches.indexOf(current)).filter(isRested);
      return better.find(({ health }) => health.isAdmitting);
    },
    take(next) {
      next.health.admit();
      leftAtMs.set(current.name, nowMs());
      current = next;
      changedAtMs = nowMs();
    },
  };
}
