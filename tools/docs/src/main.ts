import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeApp } from './app-description.ts';
import { fleetVariableProblems } from './fleet-variables.ts';
import { generateDocuments, staleDocuments, type GeneratedDocument } from './generated-documents.ts';

/** `tools/docs/dist/main.js` and `tools/docs/src/main.ts` are equally deep. */
const REPOSITORY_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The processes whose configuration is documented; the command line has none. */
const APPS = ['gateway', 'transcriber', 'jobs'];

const USAGE_EXIT_CODE = 64;

process.exitCode = run(process.argv[2]);

/** `generate` writes the documents; `check` exits 1 when the tree holds others. */
function run(command: string | undefined): number {
  if (command !== 'generate' && command !== 'check') {
    process.stderr.write('usage: main.js generate | check\n');
    return USAGE_EXIT_CODE;
  }
  try {
    const apps = APPS.map((name) => describeApp(REPOSITORY_ROOT, name));
    const problems = fleetVariableProblems(apps);
    if (problems.length > 0) return fail(problems);
    const documents = generateDocuments(apps);
    return command === 'generate' ? generate(documents) : check(documents);
  } catch (error) {
    return fail([error instanceof Error ? error.message : String(error)]);
  }
}

function generate(documents: readonly GeneratedDocument[]): number {
  for (const { path, text } of documents) {
    const file = join(REPOSITORY_ROOT, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stdout.write(`${path}: ${text.length} characters\n`);
  }
  return 0;
}

function check(documents: readonly GeneratedDocument[]): number {
  const stale = staleDocuments(documents, (path) => {
    const file = join(REPOSITORY_ROOT, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  });
  if (stale.length > 0)
    return fail(stale.map((path) => `${path} is not what the code says: run "npm run docs" and commit it`));
  process.stdout.write(`${documents.length} generated documents are up to date\n`);
  return 0;
}

function fail(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return 1;
}
