import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ListedModel } from '../src/models/list-models.ts';
import { makeArchive } from './archive.fixture.ts';
import { sha256Of, startArchiveServer, type ArchiveServer } from './archive-server.fixture.ts';
import { runCli } from './run-cli.fixture.ts';

/** What `npm test` at the root fetches first. */
const { VERBATIM_CACHE_DIR, XDG_CACHE_HOME } = process.env;
const SHARED = VERBATIM_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'verbatim');
const EMBEDDED = join(SHARED, 'models', 'moonshine-tiny-en');
const MODEL_FILES = ['encoder_model.onnx', 'decoder_model_merged.onnx', 'tokens.txt'];

describe('verbatim models', () => {
  let cacheDir: string;
  let server: ArchiveServer;
  beforeEach(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'verbatim-models-'));
    server = await startArchiveServer();
  });
  afterEach(async () => {
    await server.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  async function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const cli = runCli(['models', ...args], {
      environment: { VERBATIM_CACHE_DIR: cacheDir, VERBATIM_MODELS_URL: server.url, ...environment },
    });
    return { exitCode: await cli.exitCode, out: cli.out(), err: cli.err() };
  }

  async function list(environment: NodeJS.ProcessEnv = {}, ...args: readonly string[]): Promise<ListedModel[]> {
    return JSON.parse((await run(['list', '--json', ...args], environment)).out) as ListedModel[];
  }

  /** A model that nobody has fetched: its files and no manifest. */
  function placeModel(name: string): void {
    mkdirSync(join(cacheDir, 'models', name), { recursive: true });
    for (const file of MODEL_FILES) copyFileSync(join(EMBEDDED, file), join(cacheDir, 'models', name, file));
  }

  it('fetches a real model, which the engine loads before it is in place, and lists and removes it', async () => {
    const content = (name: string) => readFileSync(join(EMBEDDED, name));
    const folder = 'sherpa-onnx-moonshine-try-en';
    const entries = MODEL_FILES.map((name) => ({ name: `${folder}/${name}`, content: content(name) }));
    const archive = await makeArchive([...entries, { name: `${folder}/spare.onnx`, content: 'unused' }]);
    server.publish(`${folder}.tar.gz`, archive);
    const url = `${server.url}/${folder}.tar.gz`;

    const fetched = await run(['fetch', url, '--sha256', sha256Of(archive)]);
    expect(fetched).toMatchObject({ exitCode: 0, out: expect.stringContaining('STT_LOCAL_MODEL=moonshine-try-en') });
    expect(readdirSync(join(cacheDir, 'models', 'moonshine-try-en')).sort()).toEqual(
      [...MODEL_FILES, 'manifest.json'].sort(),
    );

    const inUse = { STT_LOCAL_MODEL: 'moonshine-try-en' };
    expect((await list(inUse)).find(({ name }) => name === 'moonshine-try-en')).toMatchObject({
      ...{ languages: ['en'], use: 'windowed', isInstalled: true, isInUse: true },
    });
    const refused = await run(['remove', 'moonshine-try-en'], inUse);
    expect(refused).toMatchObject({ exitCode: 2, err: expect.stringContaining('is in use here') });
    expect(await run(['remove', 'moonshine-try-en', '--force'], inUse)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(cacheDir, 'models'))).toEqual([]);
  }, 60_000);

  it('refuses one that the engine cannot load, in a sentence, and installs nothing', async () => {
    const files = ['encoder', 'decoder', 'joiner'].map((part) => ({
      name: `zipformer-fr/${part}.onnx`,
      content: 'song',
    }));
    const archive = await makeArchive([...files, { name: 'zipformer-fr/tokens.txt', content: 'a 0\n' }]);
    server.publish('zipformer-fr.tar.gz', archive);
    const { exitCode, err } = await run(['fetch', `${server.url}/zipformer-fr.tar.gz`, '--sha256', sha256Of(archive)]);
    expect(exitCode).toBe(65);
    expect(err).toMatch(/zipformer-fr\.tar\.gz holds no model that runs here: The model file [a-z]+\.onnx is /);
    expect(existsSync(join(cacheDir, 'models'))).toBe(false);
  });

  it('lists what is here and what is known, and for one language what serves it', async () => {
    placeModel('moonshine-mine-en');
    mkdirSync(join(cacheDir, 'models', 'half-a-model'));
    const models = await list();
    expect(models.find(({ name }) => name === 'moonshine-mine-en')).toMatchObject({
      isInstalled: true,
      isInUse: false,
    });
    expect(models.find(({ name }) => name === 'half-a-model')?.problem).toMatch(/is empty/);
    expect(models.find(({ name }) => name === 'whisper-small')).toMatchObject({ isInstalled: false, languages: ['*'] });

    const french = (await list({}, '--language', 'fr-CA')).map(({ name }) => name);
    expect(french).toEqual(expect.arrayContaining(['streaming-zipformer-fr-kroko-2025-08-06', 'whisper-base']));
    expect(french).not.toContain('moonshine-tiny-en');
    const { out } = await run([]);
    expect(out).toMatch(/✓ {2}moonshine-mine-en +en +windowed +\d/);
    expect(out).toMatch(/nemo-parakeet-tdt-0\.6b-v3-int8 +25: bg cs da de el en … +windowed +487 MB +CC-BY-4\.0/);
  });

  it.each([
    [['fetch', '../../etc'], 2, /is no model's name/],
    [['fetch', 'a/b'], 2, /is no model's name/],
    [['fetch', 'x', '--sha256', 'abc'], 2, /64 hexadecimal digits/],
    [['fetch', 'http://127.0.0.1:9/model.zip'], 2, /does not end in \.tar\.bz2/],
    [['fetch', 'no-such-model'], 66, /Nobody says what the checksum/],
    [['remove', '..'], 2, /is no model's name/],
    [['remove', 'no-such-model'], 66, /There is no model no-such-model/],
  ])('says what is wrong with %j and exits with %d', async (args, exitCode, problem) => {
    const result = await run(args);
    expect(result.exitCode).toBe(exitCode);
    expect(result.err).toMatch(problem);
  });

  it('tells doctor what else is there', async () => {
    placeModel('moonshine-mine-en');
    mkdirSync(join(cacheDir, 'models', 'silero-vad'));
    writeFileSync(join(cacheDir, 'models', 'silero-vad', 'LICENSE'), 'free');
    const cli = runCli(['doctor'], { environment: { VERBATIM_CACHE_DIR: cacheDir } });
    await cli.exitCode;
    expect(cli.out()).toMatch(/✓ other models +moonshine-mine-en \(verbatim models\)/);
  });
});
