import type { ProviderName } from '@verbatim/protocol';
import type { ProviderBench } from '../session/session-options.ts';

/**
 * A provider that failed a session is left alone by it for so long, and a session goes back to the one it prefers at most so often: two
 * providers that fail now and then must not throw it to and fro, as each change reads audio again. Units: milliseconds.
 */
export const RETURN_AFTER_MS = 30_000;

/**
 * With nothing better to go to, one that failed so long ago is better than one that fails now; what keeps a session from running in a circle
 * between two that are down is their breakers. Units: milliseconds.
 */
export const SHORTEST_REST_MS = 2000;

/** The recognisers that one session may use, the preferred one first, and the one it uses. */
export interface ProviderChain {
  readonly current: ProviderBench;
  /** One that would take the session now; `undefined` when none would. */
  alternative(): ProviderBench | undefined;
  /** The first of those preferred to the current one that has recovered and would let this session in. */
  recovered(): ProviderBench | undefined;
  /** Goes on with `next`, which was an {@link alternative} where the current one failed, or had {@link recovered} where it did not. */
  take(next: ProviderBench, hasFailed: boolean): void;
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
  const failedAtMs = new Map<ProviderName, number>();

  const hasRested = ({ name }: ProviderBench, forMs: number): boolean =>
    nowMs() - (failedAtMs.get(name) ?? -Infinity) >= forMs;

  return {
    get current() {
      return current;
    },
    alternative() {
      const others = benches.filter((bench) => bench !== current && bench.health.isAdmitting);
      const leastMs = current.health.phase === 'open' ? 0 : SHORTEST_REST_MS;
      const rested = others.find((bench) => hasRested(bench, RETURN_AFTER_MS));
      return rested ?? others.find((bench) => hasRested(bench, leastMs));
    },
    recovered() {
      if (nowMs() - changedAtMs < RETURN_AFTER_MS) return undefined;
      const better = benches.slice(0, benches.indexOf(current)).filter((bench) => hasRested(bench, RETURN_AFTER_MS));
      return better.find(({ health }) => health.isAdmitting);
    },
    take(next, hasFailed) {
      next.health.admit();
      // One that was left for a better one has done nothing wrong: it is where to go when that one dies again.
      if (hasFailed) failedAtMs.set(current.name, nowMs());
      current = next;
      changedAtMs = nowMs();
    },
  };
}
