import type { Figure } from '../scenario.ts';
import { hasFailed, isReached, type RunResult, type ScenarioResult } from './run-result.ts';

/** More lines of one scenario say no more than the first of them; the JSON has them all. */
const MOST_VIOLATIONS_SHOWN = 10;

/** A result as Markdown: one table of all figures, then what was violated. For the terminal and for docs. */
export function toMarkdown({ at, scale, machine, scenarios }: RunResult): string {
  const where = `${machine.cpuModel}, ${machine.cores} cores, Node ${machine.nodeVersion}, commit ${machine.commit}`;
  return [
    `Measured ${at.slice(0, 10)}, scale ${scale}: ${where}${machine.isDirty ? ' with changes' : ''}.`,
    '',
    ...table(scenarios),
    ...scenarios.flatMap(violationLines),
  ].join('\n');
}

function table(scenarios: readonly ScenarioResult[]): readonly string[] {
  const head = ['scenario', 'what', 'goal', 'measured', 'N', 'reached'];
  const rows = scenarios.flatMap((scenario) => [
    [`**${scenario.name}**`, scenario.goal, '', '', `seed ${scenario.seed}`, verdict(scenario)],
    ...scenario.figures.map((figure) => ['', ...figureCells(figure)]),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function verdict(scenario: ScenarioResult): string {
  if (scenario.skipped !== undefined) return `skipped: ${scenario.skipped}`;
  return hasFailed(scenario) ? `**${scenario.violations.length} violations**` : '0 violations';
}

function figureCells(figure: Figure): readonly string[] {
  const { what, value, unit, samples, atMost, atLeast } = figure;
  const goal = atMost !== undefined ? `≤ ${atMost} ${unit}` : atLeast !== undefined ? `≥ ${atLeast} ${unit}` : '–';
  const reached = isReached(figure);
  const shown = Number.isNaN(value) ? 'n/a' : `${value} ${unit}`;
  return [what, goal.trim(), shown.trim(), String(samples), reached === undefined ? '–' : reached ? 'yes' : '**no**'];
}

function violationLines(scenario: ScenarioResult): readonly string[] {
  if (!hasFailed(scenario)) return [];
  const { name, seed, violations } = scenario;
  const more = violations.length - MOST_VIOLATIONS_SHOWN;
  return [
    '',
    `Violated in ${name} (again with \`npm run chaos -- ${name} --seed ${seed}\`):`,
    '',
    ...violations.slice(0, MOST_VIOLATIONS_SHOWN).map((violation) => `- ${violation}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}
