import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['apps', 'libs', 'tools'];

/**
 * The workspace's projects that have a given script, found without starting nx.
 * @param {string} root
 * @param {string} script
 * @returns {{ name: string, folder: string }[]} `name` as nx takes it: without the scope
 */
export function projectsWith(root, script) {
  return FOLDERS.flatMap((kind) => folders(join(root, kind))).flatMap((folder) => {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) return [];
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    return manifest.scripts?.[script] === undefined ? [] : [{ name: manifest.name.replace(/^@[^/]+\//, ''), folder }];
  });
}

function folders(path) {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name));
}
