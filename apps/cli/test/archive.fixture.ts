import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack, type Header } from 'tar-stream';

export type ArchiveEntry = Partial<Header> & Pick<Header, 'name'> & { readonly content?: string | Buffer };

/** A .tar.gz of these entries, honest or not. */
export async function makeArchive(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { content = '', ...header } of entries) {
    if (header.type === undefined || header.type === 'file') tar.entry(header, content);
    else tar.entry(header);
  }
  tar.finalize();
  return buffer((tar as unknown as NodeJS.ReadableStream).pipe(createGzip()));
}

/** The entries of a model that a fake examination accepts. */
export function modelEntries(folder: string, weights: string | Buffer = 'weights '.repeat(50_000)): ArchiveEntry[] {
  return [
    { name: `${folder}/`, type: 'directory' },
    { name: `${folder}/model.int8.onnx`, content: weights },
    { name: `${folder}/tokens.txt`, content: 'a 0\n' },
  ];
}
