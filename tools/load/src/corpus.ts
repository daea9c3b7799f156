import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readAudioFile, resample, PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';

interface ManifestEntry {
  readonly file: string;
  readonly reference: string;
}

/** One spoken file with what is said in it. */
export interface Utterance {
  readonly name: string;
  /** 16 kHz mono, −1…1. */
  readonly samples: Float32Array;
  readonly reference: string;
}

/** Reads a folder with a `manifest.json` of `{file, reference}` entries. */
export async function readCorpus(folder: string): Promise<readonly Utterance[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as readonly ManifestEntry[];
  return Promise.all(
    manifest.map(async ({ file, reference }) => {
      const audio = await readAudioFile(new Uint8Array(await readFile(join(folder, file))));
      const mono = audio.samples[0] ?? new Float32Array();
      const samples = await resample(mono, audio.sampleRateHz, PIPELINE_SAMPLE_RATE_HZ);
      return { name: basename(file), samples, reference };
    }),
  );
}
