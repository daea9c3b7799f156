import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../command.mjs';
import { DevFailure, EXIT } from '../failure.mjs';
import { megabytes } from '../progress.mjs';

/** Starting nx to learn that nothing changed costs seconds; comparing these files costs milliseconds. */
const STAMP = join('node_modules', '.verbatim-build.json');
const SOURCE_FOLDERS = ['apps', 'libs', 'tools'];
const OTHER_INPUTS = [
  'package-lock.json',
  'tsconfig.base.json',
  'nx.json',
  join('tools', 'dev', 'build', 'bundle.mjs'),
];
const IGNORED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', 'test', 'samples', 'bench-results']);
/** Sources, what esbuild inlines, and the manifests that name dependencies and build commands. */
const SOURCE_NAME = /(\.ts|\.lua|^package\.json|^tsconfig\.json)$/;

/**
 * Builds the given projects with nx, unless no source changed since they were last built.
 * @param {{ root: string, env: NodeJS.ProcessEnv, signal?: AbortSignal }} place
 * @param {Readonly<Record<string, string>>} outputs project name → its built file, relative to the root
 * @param {(activity: string) => void} say
 */
export async function buildProjects(place, outputs, say) {
  const digest = sourcesDigest(place.root);
  const stamp = readStamp(place.root);
  const names = Object.keys(outputs);
  const known = stamp?.digest === digest ? stamp.projects : [];
  const stale = names.filter((name) => !known.includes(name) || !existsSync(join(place.root, outputs[name])));
  const summary = () => `${names.join(', ')}: ${megabytes(builtBytes(place.root, outputs))}`;
  if (stale.length === 0) return { summary: `${summary()}, unchanged`, value: undefined };
  say(`nx build ${stale.join(', ')}`);
  const nx = join(place.root, 'node_modules', '.bin', 'nx');
  const { code, lines } = await runCommand(nx, ['run-many', '-t', 'build', '-p', stale.join(',')], {
    cwd: place.root,
    env: { ...place.env, NX_DAEMON: 'false', NX_TUI: 'false' },
    signal: place.signal,
  });
  const missing = stale.filter((name) => !existsSync(join(place.root, outputs[name])));
  if (code !== 0 || missing.length > 0) throw buildFailure(stale, lines);
  writeStamp(place.root, { digest, projects: [...new Set([...known, ...stale])] });
  return { summary: summary(), value: undefined };
}

/** Names, sizes and times of every file that a build reads, in one number. */
export function sourcesDigest(root) {
  const hash = createHash('sha256');
  const files = [
    ...OTHER_INPUTS.map((name) => join(root, name)),
    ...SOURCE_FOLDERS.flatMap((dir) => walk(join(root, dir))),
  ];
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function walk(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return IGNORED_FOLDERS.has(entry.name) ? [] : walk(path);
      return SOURCE_NAME.test(entry.name) && !entry.name.endsWith('.spec.ts') ? [path] : [];
    });
}

/** @returns {{ digest: string, projects: string[] } | undefined} */
function readStamp(root) {
  try {
    return JSON.parse(readFileSync(join(root, STAMP), 'utf8'));
  } catch {
    return undefined;
  }
}

function writeStamp(root, stamp) {
  const file = join(root, STAMP);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(stamp)}\n`);
}

function builtBytes(root, outputs) {
  return Object.values(outputs).reduce((bytes, output) => bytes + statSync(join(root, output)).size, 0);
}

function buildFailure(projects, lines) {
  const wrong = lines.find((line) => /ERROR|error/.test(line))?.trim() ?? 'nx gave no reason';
  return new DevFailure(
    `Building ${projects.join(', ')} failed: ${wrong}. See all of it with: npx nx run-many -t build -p ${projects.join(',')}`,
    EXIT.childFailed,
  );
}
