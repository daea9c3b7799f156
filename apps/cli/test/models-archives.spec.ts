import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unpackArchive } from '../src/models/unpack-archive.ts';
import { makeArchive, modelEntries, type ArchiveEntry } from './archive.fixture.ts';

const TINY = readFileSync(new URL('./fixtures/sherpa-onnx-tiny-model.tar.bz2', import.meta.url));
const MOST_BYTES = 1_000_000;

describe('an archive', () => {
  let scratch: string;
  let folder: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'verbatim-archive-'));
    folder = join(scratch, 'deep', 'model');
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  async function unpack(archive: Buffer, archiveName = 'model.tar.gz', signal = new AbortController().signal) {
    const archivePath = join(scratch, 'archive');
    writeFileSync(archivePath, archive);
    await unpackArchive({ archivePath, archiveName, folder, mostBytes: MOST_BYTES, signal });
  }

  const outside = () => readdirSync(scratch).filter((name) => name !== 'archive' && name !== 'deep');

  it('gives the files of its folder and leaves what is deeper', async () => {
    await unpack(await makeArchive([...modelEntries('m'), { name: 'm/test_wavs/0.wav', content: 'RIFF' }]));
    expect(readdirSync(folder).sort()).toEqual(['model.int8.onnx', 'tokens.txt']);
  });

  it.each<[string, ArchiveEntry, RegExp]>([
    ['with an absolute path', { name: '/nowhere/escaped' }, /is an absolute path/],
    ['with a path of another system', { name: 'C:\\escaped' }, /is an absolute path/],
    ['with a path that leads out', { name: 'm/../../escaped' }, /leads out of it/],
    ['with a backslash', { name: 'm\\..\\escaped' }, /has a backslash/],
    ['with control characters', { name: 'm/\u001b[2Jx' }, /has control characters/],
    [
      'with a link to an absolute path',
      { name: 'm/a', type: 'symlink', linkname: '/etc/passwd' },
      /link that leads out/,
    ],
    ['with a link that leads out', { name: 'm/a', type: 'symlink', linkname: '../../escaped' }, /link that leads out/],
    ['with a hard link that leads out', { name: 'm/a', type: 'link', linkname: '../escaped' }, /link that leads out/],
    ['with a device', { name: 'm/null', type: 'character-device' }, /is a character-device/],
    ['with a pipe', { name: 'm/pipe', type: 'fifo' }, /is a fifo/],
    ['with one file twice', { name: 'm/sub/../tokens.txt', content: 'b' }, /leads out of it/],
    ['with two files of one name', { name: 'tokens.txt', content: 'b' }, /has "tokens\.txt" twice/],
    [
      'that unpacks to more than it may',
      { name: 'm/large.onnx', content: Buffer.alloc(MOST_BYTES) },
      /more than 1000000/,
    ],
  ])('%s is refused, and nothing lies outside', async (_what, entry, problem) => {
    const hostile = await makeArchive([...modelEntries('m', 'weights'), entry]);
    await expect(unpack(hostile)).rejects.toThrow(problem);
    expect(outside()).toEqual([]);
    expect(existsSync('/nowhere/escaped')).toBe(false);
  });

  it('with a link inside has it left out, not followed', async () => {
    const link: ArchiveEntry = { name: 'm/other.txt', type: 'symlink', linkname: 'tokens.txt' };
    await unpack(await makeArchive([link, ...modelEntries('m', 'weights')]));
    expect(readdirSync(folder).sort()).toEqual(['model.int8.onnx', 'tokens.txt']);
  });

  it('with more entries than a model has is refused', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ({ name: `m/deep/${index}` }));
    await expect(unpack(await makeArchive(many))).rejects.toThrow(/more than 10000 entries/);
  });

  it.each([
    ['text', Buffer.from('<html>Not found</html>'), 'model.tar.gz'],
    ['text for bzip2', Buffer.from('<html>Not found, not found, not found</html>'), 'model.tar.bz2'],
    ['nothing tar knows', gzipSync(Buffer.alloc(4096, 'x')), 'model.tar.gz'],
    ['half of itself', TINY.subarray(0, TINY.length / 2), 'model.tar.bz2'],
    ['changed in the middle', Buffer.from(TINY).fill(0xff, 150, 170), 'model.tar.bz2'],
  ])('that is %s is refused with a sentence', async (_what, content, name) => {
    await expect(unpack(content, name)).rejects.toThrow(/is no archive of a model: it cannot be unpacked/);
  });

  it('that was packed by bzip2 gives what was put in', async () => {
    await unpack(TINY, 'model.tar.bz2');
    expect(readFileSync(join(folder, 'model.onnx'), 'utf8')).toBe('weights '.repeat(4000));
  });

  it('is let go of when the user stops', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(unpack(TINY, 'model.tar.bz2', stop.signal)).rejects.toThrow(/abort/i);
  });
});
