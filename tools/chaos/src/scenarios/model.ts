import { startProcess } from '@verbatim/testing';
import { join } from 'node:path';
import { countFigure } from '../harness/figures.ts';
import type { Scenario } from '../scenario.ts';
import { WORKSPACE_ROOT } from '../workspace-root.ts';

const SIZES = { smoke: { runs: 1000 }, full: { runs: 100_000 } };

/** As patient as the spec itself. */
const STARTS_WITHIN_MS = 20_000;
const MOST_MS_A_RUN = 60;

const BACKBONE = join(WORKSPACE_ROOT, 'libs', 'backbone');
const RESULT = /^model: (\{.*\})$/;

/** The line that the model test prints. */
interface ModelResult {
  readonly runs: number;
  readonly commands: number;
  readonly calls: number;
  readonly seed: number;
  readonly counterexample?: string;
}

/** The model test of the backbone at its full number of interleavings: the real scripts on a real Redis, every actor simulated. */
export const model: Scenario = {
  name: 'model',
  goal: '100,000 interleavings of lease, fence, checkpoint, resume and failover: 0 violations',
  async run({ scale, seed, say }) {
    const { runs } = SIZES[scale];
    const jest = ['../../node_modules/.bin/jest', '--runInBand', 'test/model/model.redis.spec.ts'];
    const process = await startProcess({
      ...{ name: 'model test', cwd: BACKBONE, command: globalThis.process.execPath },
      args: ['--experimental-vm-modules', ...jest],
      env: { VERBATIM_MODEL_RUNS: String(runs), VERBATIM_MODEL_SEED: String(seed), FORCE_COLOR: '0' },
      isReady: (line) => RESULT.test(line),
      readyWithinMs: STARTS_WITHIN_MS + runs * MOST_MS_A_RUN,
    });
    const { code } = await process.exited;
    const result = readResult(process.lines);
    say(`${result.runs} interleavings, seed ${result.seed}`);
    const figures = [
      countFigure('interleavings', result.runs),
      countFigure('commands of actors', result.commands),
      countFigure('calls of Redis', result.calls),
    ];
    const failed = code === 0 ? [] : [`the model test ended with code ${code ?? 'none'}`];
    return { figures, violations: result.counterexample === undefined ? failed : [result.counterexample] };
  },
};

function readResult(lines: readonly string[]): ModelResult {
  const json = lines.flatMap((line) => RESULT.exec(line)?.[1] ?? []).at(-1);
  if (json === undefined) throw new Error(`The model test gave no result:\n${lines.join('\n')}`);
  return JSON.parse(json) as ModelResult;
}
