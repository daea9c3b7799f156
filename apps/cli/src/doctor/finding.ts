/** What one check found. `fail`: the product cannot work here; `warn`: it can, but not as well or not in production. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** One sentence on what was found. */
  readonly found: string;
  /** What to do about it; present unless the status is `ok`. */
  readonly advice?: string;
}

export function ok(check: string, found: string): Finding {
  return { check, status: 'ok', found };
}

export function warn(check: string, found: string, advice: string): Finding {
  return { check, status: 'warn', found, advice };
}

export function fail(check: string, found: string, advice: string): Finding {
  return { check, status: 'fail', found, advice };
}
