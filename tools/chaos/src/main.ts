import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '@verbatim/testing';
import { toMarkdown } from './report/markdown.ts';
import { hasFailed, type RunResult } from './report/run-result.ts';
import { runScenarios } from './run-scenarios.ts';
import { SCALES, type Scale, type Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { WORKSPACE_ROOT } from './workspace-root.ts';

const RESULTS = join(WORKSPACE_ROOT, 'chaos-results');

const USAGE = `npm run chaos -- [SCENARIO…] [--scale ${SCALES.join('|')}] [--seed N] [--out FILE]
npm run chaos -- --markdown FILE…   prints results as Markdown and runs nothing
  SCENARIO  ${SCENARIOS.map(({ name }) => name).join(', ')}; default: all
  --scale   full (default) for figures, smoke for a first look
  --seed    a whole number; the same one makes the same decisions (default: from the clock, printed)
  --out     where the JSON goes; default chaos-results/latest.json`;

const EXIT_VIOLATED = 1;
const EXIT_USAGE = 64;

/** Small enough to be typed again. */
const SEEDS = 1_000_000;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: 'full' },
      seed: { type: 'string', default: String(Date.now() % SEEDS) },
      out: { type: 'string', default: join(RESULTS, 'latest.json') },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(USAGE);
  if (values.markdown) return printResults(positionals);
  const scenarios = chooseScenarios(positionals);
  const seed = Number(values.seed);
  if (scenarios === undefined || !isScale(values.scale) || !Number.isSafeInteger(seed)) {
    print(USAGE);
    return EXIT_USAGE;
  }
  return run(scenarios, { scale: values.scale, seed, out: values.out });
}

interface Wishes {
  readonly scale: Scale;
  readonly seed: number;
  readonly out: string;
}

async function run(scenarios: readonly Scenario[], { scale, seed, out }: Wishes): Promise<number> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const at = new Date().toISOString();
  const results = await runScenarios(scenarios, { scale, seed, say });
  const result: RunResult = { at, scale, machine: describeMachine(), scenarios: results };
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
  print(toMarkdown(result));
  return results.some(hasFailed) ? EXIT_VIOLATED : 0;
}

async function printResults(files: readonly string[]): Promise<number> {
  for (const file of files) print(`${toMarkdown(JSON.parse(await readFile(file, 'utf8')) as RunResult)}\n`);
  return 0;
}

function chooseScenarios(names: readonly string[]): readonly Scenario[] | undefined {
  if (names.length === 0) return SCENARIOS;
  const chosen = names.flatMap((name) => SCENARIOS.find((scenario) => scenario.name === name) ?? []);
  return chosen.length === names.length ? chosen : undefined;
}

function isScale(text: string): text is Scale {
  return (SCALES as readonly string[]).includes(text);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

process.exitCode = await main();
