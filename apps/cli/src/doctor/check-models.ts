import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VOICE_ACTIVITY_MODEL } from '../models/catalogue.ts';
import { installedModels } from '../models/installed-models.ts';
import { findDamage, readManifest } from '../models/manifest.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

export interface ModelPlaces {
  /** Folder of the speech model. */
  readonly modelFolder: string;
  /** The voice-activity model, one file. */
  readonly vadFile: string;
  /** True where the user chose it, and it need not be one that set-up fetches. */
  readonly isOwnModel: boolean;
  /** Where fetched models are kept. */
  readonly cacheModels: string;
}

const SET_UP_AGAIN = 'Run: npm run setup';
const OWN_AGAIN = 'Fetch it again (verbatim models fetch NAME), or correct STT_LOCAL_MODEL';

/** Reads both models in full and compares them with their manifests; tells what else is there to be used. */
export async function checkModels(places: ModelPlaces): Promise<readonly Finding[]> {
  return [
    await checkModel('speech model', places.modelFolder, places.isOwnModel),
    await checkModel('voice activity', dirname(places.vadFile), false),
    ...(await listOthers(places)),
  ];
}

/** Only looked at, not read: they are many gigabytes at times, and nobody uses them now. */
async function listOthers({ cacheModels, modelFolder }: ModelPlaces): Promise<readonly Finding[]> {
  const others = (await installedModels(cacheModels)).filter(
    ({ name, folder }) => folder !== modelFolder && name !== VOICE_ACTIVITY_MODEL,
  );
  if (others.length === 0) return [];
  return [ok('other models', `${others.map(({ name }) => name).join(', ')} (verbatim models)`)];
}

async function checkModel(check: string, folder: string, isOwn: boolean): Promise<Finding> {
  const advice = isOwn ? OWN_AGAIN : SET_UP_AGAIN;
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) {
    return fail(check, `there is no folder ${folder}`, advice);
  }
  const manifest = await readManifest(folder);
  if (manifest === undefined && isOwn && names.some((name) => name.endsWith('.onnx'))) {
    return warn(check, `${folder} has no manifest.json, so its files cannot be verified`, 'Try it: npm start');
  }
  if (manifest === undefined) return fail(check, `${folder} is incomplete`, advice);
  const damage = await findDamage(folder, manifest);
  if (damage !== undefined) return fail(check, damage, advice);
  return ok(check, `${manifest.name}, ${manifest.files.length} files with the right checksums`);
}
