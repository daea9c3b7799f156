import { parseArgs } from 'node:util';
import { cacheFolder } from './cache-folder.mjs';
import { fetchModels } from './fetch-models.mjs';

/** By hand: `node tools/dev/models/fetch.mjs [--verify] [--cache DIR]`; `--verify` reads every file in full. */
const { values } = parseArgs({ options: { verify: { type: 'boolean', default: false }, cache: { type: 'string' } } });
const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interrupt.abort());

try {
  const models = await fetchModels({
    cacheDir: values.cache ?? cacheFolder(),
    log: (sentence) => console.log(sentence),
    signal: interrupt.signal,
    isThorough: values.verify,
  });
  for (const { name, folder, action } of models) console.log(`${name}: ${action}, ${folder}`);
} catch (error) {
  console.error(interrupt.signal.aborted ? 'Interrupted; nothing half-done was left.' : error.message);
  process.exitCode = interrupt.signal.aborted ? 130 : 1;
}
