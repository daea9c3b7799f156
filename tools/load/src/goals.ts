/** One line of the report: a figure of `goals`, what was measured, and whether it was reached. */
export interface GoalResult {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  /** `undefined`: reported without a goal to hold it against. */
  readonly isReached: boolean | undefined;
  readonly samples: number;
}

export function atMost(
  what: string,
  limit: number,
  value: number,
  options: { unit: string; samples: number },
): GoalResult {
  return {
    what,
    goal: `≤ ${limit}${options.unit}`,
    measured: `${format(value)}${options.unit}`,
    isReached: value <= limit,
    samples: options.samples,
  };
}

export function atLeast(
  what: string,
  limit: number,
  value: number,
  options: { unit: string; samples: number },
): GoalResult {
  return {
    what,
    goal: `≥ ${limit}${options.unit}`,
    measured: `${format(value)}${options.unit}`,
    isReached: value >= limit,
    samples: options.samples,
  };
}

export function figure(what: string, value: number | string, options: { unit: string; samples: number }): GoalResult {
  const shown = typeof value === 'number' ? format(value) : value;
  return { what, goal: '–', measured: `${shown}${options.unit}`, isReached: undefined, samples: options.samples };
}

function format(value: number): string {
  return Number.isNaN(value)
    ? 'n/a'
    : String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** A plain table for the terminal and for docs. */
export function toMarkdownTable(results: readonly GoalResult[]): string {
  const head = ['what', 'goal', 'measured', 'N', 'reached'];
  const rows = results.map(({ what, goal, measured, samples, isReached }) => [
    what,
    goal,
    measured,
    String(samples),
    isReached === undefined ? '–' : isReached ? 'yes' : '**no**',
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
