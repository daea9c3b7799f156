import { buildAsyncApiDocument, buildOpenApiDocument, type JsonObject } from '@verbatim/protocol';
import type { AppDescription } from './app-description.ts';
import { configurationPage } from './markdown/configuration-page.ts';
import { errorsPage } from './markdown/errors-page.ts';
import { protocolPage } from './markdown/protocol-page.ts';
import { redisKeysPage } from './markdown/redis-keys-page.ts';

export interface GeneratedDocument {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Builds every generated document. Pure: the same code and the same apps give the same text. */
export function generateDocuments(apps: readonly AppDescription[]): GeneratedDocument[] {
  return [
    { path: 'docs/openapi.json', text: toText(buildOpenApiDocument()) },
    { path: 'docs/asyncapi.json', text: toText(buildAsyncApiDocument()) },
    { path: 'docs/protocol.md', text: protocolPage() },
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/redis-keys.md', text: redisKeysPage() },
    { path: 'docs/configuration.md', text: configurationPage(apps) },
  ];
}

/** The paths whose text in the tree is not what the code says; a file that is missing is one of them. */
export function staleDocuments(
  documents: readonly GeneratedDocument[],
  readText: (path: string) => string | undefined,
): string[] {
  return documents.filter(({ path, text }) => readText(path) !== text).map(({ path }) => path);
}

function toText(document: JsonObject): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
