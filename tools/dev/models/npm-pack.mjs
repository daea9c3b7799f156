import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Downloads one package's tarball with the user's own npm: their registry, proxy, certificates and cache apply.
 * `folder` must be empty. Answers the path of the tarball; rejects with npm's own reason in one line.
 */
export async function packFromNpm({ name, version, folder, signal }) {
  // Two short retries: without a network npm's defaults keep a person waiting for more than a minute.
  const retries = ['--fetch-retries=2', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=3000'];
  const quiet = ['--loglevel=error', '--prefer-offline', '--ignore-scripts', '--no-update-notifier'];
  await run('npm', ['pack', `${name}@${version}`, ...quiet, ...retries], { cwd: folder, signal });
  const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (!tarball) throw new Error(`npm pack ${name}@${version} left no tarball.`);
  return join(folder, tarball);
}

/** Runs a command to its end; rejects with what it said on stderr. */
export function run(command, args, { cwd, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, signal, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`\`${command} ${args[0]} ${args[1]}\` failed: ${reasonIn(said) || `exit code ${code}`}`));
    });
  });
}

/** npm's first lines carry the reason, the later ones advice and the path of a log. */
function reasonIn(said) {
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '' && !/^(npm warn|A complete log|syscall|errno)/.test(line));
  return lines.slice(0, 3).join(', ').slice(0, 300);
}
