import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileDigest } from './file-digest.ts';

/** What is written beside the files of a model that was fetched, here and by `npm run setup`. */
const manifestSchema = z.object({
  name: z.string(),
  licence: z.string().optional(),
  /** Where it came from and the checksum it had; models of `npm run setup` name npm packages instead. */
  archive: z.object({ url: z.string(), sha256: z.string() }).optional(),
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});

export type Manifest = z.infer<typeof manifestSchema>;

const FILE_NAME = 'manifest.json';

/** The manifest of a model folder; `undefined` where there is none of this form. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, FILE_NAME), 'utf8').catch(() => '');
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Writes down what is in a folder, the last thing that is done to it: a folder with a manifest is whole. */
export async function writeManifest(folder: string, of: Omit<Manifest, 'files'>): Promise<Manifest> {
  const names = (await readdir(folder)).sort();
  const files: Manifest['files'] = [];
  for (const name of names) {
    const path = join(folder, name);
    files.push({ name, bytes: (await stat(path)).size, sha256: await fileDigest(path) });
  }
  const manifest = { ...of, files };
  await writeFile(join(folder, FILE_NAME), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Reads every file in full. Answers one sentence on the first that is not as the manifest says. */
export async function findDamage(folder: string, manifest: Manifest): Promise<string | undefined> {
  for (const file of manifest.files) {
    const path = join(folder, file.name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return `${path} is missing`;
    if (found.size !== file.bytes) return `${path} has ${found.size} bytes instead of ${file.bytes}`;
    if ((await fileDigest(path)) !== file.sha256) return `${path} has the wrong checksum`;
  }
  return undefined;
}
