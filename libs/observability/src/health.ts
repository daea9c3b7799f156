import type { Probe } from '@verbatim/protocol';

export interface ProbeAnswer {
  readonly httpStatus: 200 | 503;
  readonly body: Probe;
}

/** Looks at state that is already known, without waiting: `undefined` when all is well, else one sentence. */
export type HealthCheck = () => string | undefined;

/** What a process answers to the three probes. */
export interface ProcessHealth {
  /** Adds a condition of readiness: subscription probe fresh, load below the mark. Not "Redis is reachable": see readyz. */
  addCheck(name: string, check: HealthCheck): void;
  /** First contact with Redis is made and everything is loaded; from now on `/startupz` is 200. */
  markStarted(): void;
  /** The process is shutting down: `/readyz` is 503 from now on, `/livez` stays 200. */
  markDraining(): void;
  /** This process's event loop answers; no dependency counts, else trouble in Redis would restart the fleet. */
  livez(): ProbeAnswer;
  /**
   * New sessions may be sent here. A dependency that all replicas share belongs in no check: it would empty the load
   * balancer and turn a degradation into an outage.
   */
  readyz(): ProbeAnswer;
  startupz(): ProbeAnswer;
}

/** Opens the health of a process: not started, not draining, no checks. */
export function createHealth(): ProcessHealth {
  const checks = new Map<string, HealthCheck>();
  let isStarted = false;
  let isDraining = false;
  const started = (): [string, string | undefined] => ['started', isStarted ? undefined : 'still starting'];
  return {
    addCheck: (name, check) => void checks.set(name, check),
    markStarted: () => {
      isStarted = true;
    },
    markDraining: () => {
      isDraining = true;
    },
    livez: () => answer([]),
    startupz: () => answer([started()]),
    readyz: () =>
      answer([
        started(),
        ['draining', isDraining ? 'shutting down; use another replica' : undefined],
        ...[...checks].map(([name, check]): [string, string | undefined] => [name, reasonOf(check)]),
      ]),
  };
}

/** A check that throws is a check that fails: a probe must answer. */
function reasonOf(check: HealthCheck): string | undefined {
  try {
    return check();
  } catch {
    return 'the check itself failed';
  }
}

function answer(results: readonly (readonly [string, string | undefined])[]): ProbeAnswer {
  const isOk = results.every(([, reason]) => reason === undefined);
  const checks = Object.fromEntries(
    results.map(([name, reason]) => [name, reason === undefined ? { ok: true } : { ok: false, reason }]),
  );
  return { httpStatus: isOk ? 200 : 503, body: { status: isOk ? 'ok' : 'unavailable', checks } };
}
