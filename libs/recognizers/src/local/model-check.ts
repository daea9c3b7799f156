import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RecognizerError } from '../recognizer.ts';
import { outlineOnnx } from './onnx-file.ts';

/** What to do about any of these; `setup` fetches the embedded models, `doctor` says what else is wrong. */
const REMEDY =
  'Run `npm run setup` (or `verbatim models fetch NAME` for another model) to fetch it again, or `verbatim doctor` to see what is missing.';

/** Makes the error for a model that cannot be used: one sentence on what is wrong, one on what to do. */
export function modelError(problem: string, cause?: unknown): RecognizerError {
  return new RecognizerError(`${problem}. ${REMEDY}`, { failure: 'misconfigured', cause });
}

/**
 * Makes sure that a model's file is there and whole, without loading it: its size is the one in the `manifest.json` beside it, if
 * there is one, and an ONNX file ends where its fields end. The native engine may end the process on a file that is not.
 * Answers the file's ONNX metadata, empty for other files.
 *
 * @throws RecognizerError that names the file and says what to do.
 */
export async function checkModelFile(path: string): Promise<ReadonlyMap<string, string>> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw modelError(`The model file ${path} is missing`);
  if (!found.isFile() || found.size === 0) throw modelError(`The model file ${path} is empty or not a file`);
  const expectedBytes = await manifestBytes(path);
  if (expectedBytes !== null && expectedBytes !== found.size) {
    const state = found.size < expectedBytes ? 'truncated' : 'of the wrong size';
    throw modelError(`The model file ${path} is ${state} (${found.size} of ${expectedBytes} bytes)`);
  }
  if (!path.endsWith('.onnx')) return new Map();
  const outline = await outlineOnnx(path);
  if (outline.kind === 'broken') throw modelError(`The model file ${path} ${outline.problem}`);
  return outline.metadata;
}

/** The size that the manifest of a fetched model states for the file, null without a manifest. */
async function manifestBytes(path: string): Promise<number | null> {
  const text = await readFile(join(dirname(path), 'manifest.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { files } = JSON.parse(text) as { files: readonly { name: string; bytes: number }[] };
    return files.find(({ name }) => name === basename(path))?.bytes ?? null;
  } catch {
    // Other models may have a manifest of another form.
    return null;
  }
}
