import { join } from 'node:path';

/** What set-up fetches, and what is used where nobody names another. */
const EMBEDDED_MODEL = 'moonshine-tiny-en';

/**
 * Says where the model is that a person names: a name without a slash is one of the models that were fetched into `modelsFolder`
 * (`whisper-base`), anything else is the path of a folder (`./whisper-base`). Without a name it is the embedded one.
 */
export function localModelFolder(named: string | undefined, modelsFolder: string): string {
  if (named === undefined) return join(modelsFolder, EMBEDDED_MODEL);
  const isPath = /[/\\]/.test(named) || named === '.' || named === '..';
  return isPath ? named : join(modelsFolder, named);
}
