import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startFleet } from '@verbatim/fleet';
import { benchAccuracy } from './accuracy-bench.ts';
import { benchCapacity } from './capacity-bench.ts';
import { benchConnect } from './connect-bench.ts';
import { readCorpus } from './corpus.ts';
import { benchDecoders } from './decoder-bench.ts';
import { openEngine } from './engine.ts';
import { benchGateway } from './gateway-bench.ts';
import { toMarkdownTable, type GoalResult } from './goals.ts';
import { describeMachine } from '@verbatim/testing';

const PARTS = ['accuracy', 'connect', 'capacity', 'gateway', 'decoders'] as const;
const USAGE = `npm run bench -- [--only ${PARTS.join('|')}]… [--corpus FOLDER] [--out FILE]
  --corpus  a folder with manifest.json ([{file, reference}]) beside its audio; default: the bundled sentences
  --out     where the JSON goes; default bench-results/latest.json`;

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    corpus: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help === true) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}

const wanted = new Set(values.only ?? PARTS);
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const goals: GoalResult[] = [];
const details: Record<string, unknown> = {};

const corpus = await readCorpus(values.corpus ?? join(projectRoot, 'corpus'));
const engine = await openEngine();

if (wanted.has('accuracy') || wanted.has('connect')) {
  const fleet = await startFleet({ gateways: 1, transcribers: 1, providers: 'local' });
  if (wanted.has('connect')) {
    log('connect: opening sessions one after the other');
    goals.push(...(await benchConnect(fleet)));
  }
  if (wanted.has('accuracy')) {
    log('accuracy: each file alone, at real-time pace');
    const accuracy = await benchAccuracy(fleet, corpus, engine, log);
    goals.push(...accuracy.goals);
    details['accuracy'] = accuracy.files;
  }
  await fleet.stop();
}
if (wanted.has('capacity')) {
  log('capacity: more and more real-time sessions with the local recogniser');
  const capacity = await benchCapacity(corpus, engine, log);
  goals.push(...capacity.goals);
  details['capacity'] = capacity.steps;
}
if (wanted.has('gateway')) {
  log('gateway: cost of a frame beside a bare ws sink');
  const gateway = await benchGateway(log);
  goals.push(...gateway.goals);
  details['gateway'] = { costs: gateway.costs, shortFrames: gateway.shortFrames };
}
if (wanted.has('decoders')) {
  log('decoders: one sentence in every format, again and again');
  const decoders = await benchDecoders(join(projectRoot, '../../libs/audio/test/fixtures'));
  goals.push(...decoders.goals);
  details['decoders'] = decoders.costs;
}
await engine.close();

const out = values.out ?? join(projectRoot, '../../bench-results/latest.json');
await mkdir(dirname(out), { recursive: true });
const result = {
  at: new Date().toISOString(),
  machine: describeMachine(),
  corpus: values.corpus ?? 'bundled',
  goals,
  details,
};
await writeFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
process.stdout.write(`${toMarkdownTable(goals)}\n`);
