import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecognizerError, type LocalModel } from '@verbatim/recognizers/models';
import { eventually } from '@verbatim/testing';
import { fetchModel } from '../src/models/fetch-model.ts';
import type { ExamineModel } from '../src/models/install-model.ts';
import { modelSource } from '../src/models/model-source.ts';
import { makeArchive, modelEntries } from './archive.fixture.ts';
import { sha256Of, startArchiveServer, type ArchiveServer } from './archive-server.fixture.ts';

const TINY = readFileSync(new URL('./fixtures/sherpa-onnx-tiny-model.tar.bz2', import.meta.url));

/** Weights that do not shrink: a download of several pieces. */
const WEIGHTS = randomBytes(400_000);

/** Stands for the engine, which needs a real model. */
const examine: ExamineModel = async (folder) => {
  const names = readdirSync(folder);
  const model = names.find((name) => name.endsWith('.int8.onnx'));
  if (model === undefined || !names.includes('tokens.txt')) {
    throw new RecognizerError(`${basename(folder)} is no complete model. Run it again.`, { failure: 'misconfigured' });
  }
  const paths = { model: join(folder, model), tokens: join(folder, 'tokens.txt') };
  return { kind: 'sense-voice', name: basename(folder), paths, languages: ['fr'] } satisfies LocalModel;
};

describe('fetching a model', () => {
  let cacheDir: string;
  let server: ArchiveServer;
  let said: { out: string; err: string };

  beforeEach(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'verbatim-models-'));
    server = await startArchiveServer();
    said = { out: '', err: '' };
  });
  afterEach(async () => {
    await server.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  const models = () => (existsSync(join(cacheDir, 'models')) ? readdirSync(join(cacheDir, 'models')) : []);
  const installed = (...path: string[]) => join(cacheDir, 'models', ...path);
  const ranges = () => server.requests.filter(({ path }) => path !== '/checksum.txt').map(({ range }) => range);

  function fetchIt(wanted: string, options: { sha256?: string; signal?: AbortSignal; examine?: ExamineModel } = {}) {
    const source = modelSource({ wanted, baseUrl: server.url, sha256: options.sha256 });
    return fetchModel(source, {
      ...{ cacheDir, examine, now: () => performance.now(), firstPauseMs: 1, stalledAfterMs: 300 },
      out: { write: (text: string) => (said.out += text) },
      err: { write: (text: string) => (said.err += text) },
      signal: new AbortController().signal,
      ...options,
    });
  }

  /** Publishes a model of several pieces and answers what to ask for. */
  async function publishLarge(name = 'sherpa-onnx-large.tar.gz') {
    const archive = await makeArchive(modelEntries('sherpa-onnx-large', WEIGHTS));
    server.publish(name, archive);
    return { url: `${server.url}/${name}`, archive, sha256: sha256Of(archive) };
  }

  it('takes what the engine needs out of a published archive and writes down what it has', async () => {
    server.publish('sherpa-onnx-tiny-model.tar.bz2', TINY);
    await fetchIt('tiny-model', { sha256: sha256Of(TINY) });
    expect(readdirSync(installed('tiny-model')).sort()).toEqual([
      ...['README.md', 'manifest.json', 'model.int8.onnx', 'tokens.txt'],
    ]);
    expect(readFileSync(installed('tiny-model', 'model.int8.onnx'), 'utf8')).toBe('small weights '.repeat(2000));
    const manifest = JSON.parse(readFileSync(installed('tiny-model', 'manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ name: 'tiny-model', archive: { sha256: sha256Of(TINY) } });
    expect(said.out).toContain('STT_LOCAL_MODEL=tiny-model');
    expect(readdirSync(join(cacheDir, 'staging'))).toEqual([]);
    expect(readdirSync(join(cacheDir, 'downloads'))).toEqual([]);
  });

  it('leaves one alone that is there and whole, and mends one that is not', async () => {
    const { url, sha256 } = await publishLarge();
    await fetchIt(url, { sha256 });
    await fetchIt(url, { sha256 });
    expect(ranges()).toHaveLength(1);
    expect(said.out).toContain('large is there already');
    writeFileSync(installed('large', 'tokens.txt'), 'b 0\n');
    await fetchIt(url, { sha256 });
    expect(ranges()).toHaveLength(2);
    expect(readFileSync(installed('large', 'tokens.txt'), 'utf8')).toBe('a 0\n');
  });

  it('goes on over as many connections as it takes, each from where the last one broke', async () => {
    const { url, sha256 } = await publishLarge();
    server.faults = [
      { kind: 'status', status: 503 },
      { kind: 'stall', afterBytes: 100_000 },
      { kind: 'cut', afterBytes: 50_000 },
      { kind: 'status', status: 429 },
    ];
    await fetchIt(url, { sha256 });
    expect(ranges()).toHaveLength(5);
    expect(ranges().slice(0, 2)).toEqual([undefined, undefined]);
    // A refusal in between costs nothing of what is there.
    for (const range of ranges().slice(2)) expect(range).toMatch(/^bytes=1\d{5}-$/);
    expect(models()).toEqual(['large']);
  });

  it('goes on in the next run where the last one was stopped', async () => {
    const { url, sha256 } = await publishLarge();
    const stop = new AbortController();
    server.faults = [{ kind: 'stall', afterBytes: 200_000 }];
    const stopped = fetchIt(url, { sha256, signal: stop.signal });
    await eventually(() => expect(said.err).toMatch(/\d+ % of/));
    stop.abort();
    await expect(stopped).rejects.toThrow();
    expect(models()).toEqual([]);
    await fetchIt(url, { sha256 });
    expect(said.err).toContain('going on after');
    expect(ranges().at(-1)).toMatch(/^bytes=\d+-$/);
  });

  it('never mixes two versions of an archive', async () => {
    const first = await publishLarge();
    server.faults = [
      { kind: 'cut', afterBytes: 100_000 },
      ...Array.from({ length: 5 }, () => ({ kind: 'status', status: 503 }) as const),
    ];
    await expect(fetchIt(first.url, { sha256: first.sha256 })).rejects.toThrow(/cannot be fetched .*Run it again/);
    const newer = await makeArchive(modelEntries('sherpa-onnx-large', randomBytes(400_000)));
    server.publish('sherpa-onnx-large.tar.gz', newer);
    await fetchIt(first.url, { sha256: sha256Of(newer) });
    expect(models()).toEqual(['large']);
  });

  it('refuses a wrong checksum, also after a resumed download, and installs nothing', async () => {
    const { url, archive } = await publishLarge();
    server.faults = [{ kind: 'cut', afterBytes: 100_000 }];
    await expect(fetchIt(url, { sha256: 'a'.repeat(64) })).rejects.toThrow(
      `has the wrong checksum: ${sha256Of(archive)} instead of ${'a'.repeat(64)}. Nothing was installed.`,
    );
    expect(models()).toEqual([]);
  });

  it('takes the checksum of the release where the catalogue has none, says so, and refuses where nobody says one', async () => {
    server.publish('sherpa-onnx-tiny-model.tar.bz2', TINY);
    await expect(fetchIt('tiny-model')).rejects.toThrow(/Nobody says what the checksum of .* --sha256/);
    server.checksums = `other.tar.bz2\t${'b'.repeat(64)}\nsherpa-onnx-tiny-model.tar.bz2\t${sha256Of(TINY)}\n`;
    await fetchIt('tiny-model');
    expect(said.err).toMatch(/is not in the catalogue: .*checksum\.txt, which shows what broke .* but not who made it/);
    expect(models()).toEqual(['tiny-model']);
  });

  it('holds a catalogued model to the checksum of the catalogue, wherever it is fetched from', async () => {
    server.publish('sherpa-onnx-whisper-tiny.tar.bz2', TINY);
    server.checksums = `sherpa-onnx-whisper-tiny.tar.bz2 ${sha256Of(TINY)}\n`;
    await expect(fetchIt('whisper-tiny')).rejects.toThrow(/wrong checksum: .* instead of c46116994e53/);
  });

  it('says what is wrong where there is no such archive, and does not insist', async () => {
    server.checksums = `sherpa-onnx-none.tar.bz2 ${'c'.repeat(64)}\n`;
    await expect(fetchIt('none')).rejects.toThrow(/none\.tar\.bz2 cannot be fetched: the server answers 404/);
    expect(ranges()).toHaveLength(1);
  });

  it('may run many times at once, and never shows half a model', async () => {
    const { url, sha256 } = await publishLarge();
    await Promise.all(Array.from({ length: 6 }, () => fetchIt(url, { sha256 })));
    expect(models()).toEqual(['large']);
    expect(readFileSync(installed('large', 'model.int8.onnx'))).toEqual(WEIGHTS);
    expect(readdirSync(join(cacheDir, 'staging'))).toEqual([]);
    expect(readdirSync(join(cacheDir, 'downloads'))).toEqual([]);
  });

  it('installs nothing that the engine refuses, and says why', async () => {
    const archive = await makeArchive([{ name: 'bird/weights.onnx', content: 'song' }]);
    server.publish('bird.tar.gz', archive);
    const fetching = fetchIt(`${server.url}/bird.tar.gz`, { sha256: sha256Of(archive) });
    await expect(fetching).rejects.toThrow('bird.tar.gz holds no model that runs here: bird is no complete model.');
    expect(models()).toEqual([]);
  });

  it('sweeps what runs that were killed more than an hour ago have left in staging', async () => {
    for (const name of ['old', 'young']) mkdirSync(join(cacheDir, 'staging', name), { recursive: true });
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(join(cacheDir, 'staging', 'old'), longAgo, longAgo);
    const { url, sha256 } = await publishLarge();
    await fetchIt(url, { sha256 });
    expect(readdirSync(join(cacheDir, 'staging'))).toEqual(['young']);
  });

  it('goes on after what a killed process of this machine has left, and lets a living one alone', async () => {
    const { url, sha256, archive } = await publishLarge();
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const dead = spawnSync(process.execPath, ['--version']).pid;
    for (const [pid, bytes] of [
      [dead, 1000],
      [process.pid, 2000],
    ] as const) {
      const folder = join(cacheDir, 'downloads', `sherpa-onnx-large.tar.gz~${host}-${pid}~x`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'data'), archive.subarray(0, bytes));
      writeFileSync(join(folder, 'validator'), `"${sha256.slice(0, 16)}"`);
    }
    await fetchIt(url, { sha256 });
    expect(ranges()).toEqual(['bytes=1000-']);
    expect(readdirSync(join(cacheDir, 'downloads'))).toEqual([expect.stringContaining(`-${process.pid}~x`)]);
  });
});
