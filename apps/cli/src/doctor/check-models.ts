import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { fail, ok, warn, type Finding } from './finding.ts';

/** What `npm run setup` writes beside the files of a model it fetched. */
const manifestSchema = z.object({
  name: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string() })),
});

type Manifest = z.infer<typeof manifestSchema>;

export interface ModelPlaces {
  /** Folder of the speech model. */
  readonly modelFolder: string;
  /** The voice-activity model, one file. */
  readonly vadFile: string;
  /** True where the user chose it, and it need not be one that set-up fetches. */
  readonly isOwnModel: boolean;
}

const FETCH_AGAIN = 'Run: npm run setup';

/** Reads both models in full and compares them with their manifests. */
export async function checkModels(places: ModelPlaces): Promise<readonly Finding[]> {
  return [
    await checkModel('speech model', places.modelFolder, places.isOwnModel),
    await checkModel('voice activity', dirname(places.vadFile), false),
  ];
}

async function checkModel(check: string, folder: string, isOwn: boolean): Promise<Finding> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) {
    const advice = isOwn ? 'Correct STT_LOCAL_MODEL, or leave it out and run: npm run setup' : FETCH_AGAIN;
    return fail(check, `there is no folder ${folder}`, advice);
  }
  const manifest = await readManifest(folder);
  if (manifest === undefined && isOwn && names.some((name) => name.endsWith('.onnx'))) {
    return warn(check, `${folder} has no manifest.json, so its files cannot be verified`, 'Try it: npm start');
  }
  if (manifest === undefined) return fail(check, `${folder} is incomplete`, FETCH_AGAIN);
  const damage = await findDamage(folder, manifest);
  if (damage !== undefined) return fail(check, damage, FETCH_AGAIN);
  return ok(check, `${manifest.name}, ${manifest.files.length} files with the right checksums`);
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '');
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function findDamage(folder: string, manifest: Manifest): Promise<string | undefined> {
  for (const file of manifest.files) {
    const path = join(folder, file.name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return `${path} is missing`;
    if (found.size !== file.bytes) return `${path} has ${found.size} bytes instead of ${file.bytes}`;
    if ((await sha256(path)) !== file.sha256) return `${path} has the wrong checksum`;
  }
  return undefined;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
