import { cacheFolder } from './cache-folder.mjs';
import { fetchModels } from './fetch-models.mjs';

/** By hand: `node tools/dev/models/fetch.mjs [--verify]`; `--verify` reads every file in full. */
const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interrupt.abort());

try {
  const models = await fetchModels({
    cacheDir: cacheFolder(),
    log: (sentence) => console.log(sentence),
    signal: interrupt.signal,
    isThorough: process.argv.includes('--verify'),
  });
  for (const { name, folder, action } of models) console.log(`${name}: ${action}, ${folder}`);
} catch (error) {
  console.error(interrupt.signal.aborted ? 'Interrupted; nothing half-done was left.' : error.message);
  process.exitCode = interrupt.signal.aborted ? 130 : 1;
}
