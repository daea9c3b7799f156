import { describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { REDIS_KEYS } from '@verbatim/backbone';
import { ERROR_TABLE, serverMessageSchema, sessionConfigSchema } from '@verbatim/protocol';
import type { AppDescription } from './app-description.ts';
import { generateDocuments, staleDocuments } from './generated-documents.ts';

const APPS: AppDescription[] = [
  {
    name: 'gateway',
    variables: [
      {
        name: 'PORT',
        description: 'Port | of\nHTTP.',
        allowed: 'a whole number',
        default: '8080',
        isRequired: false,
        isSecret: false,
      },
      { name: 'STT_KEY', description: 'Key.', allowed: 'text', isRequired: true, isSecret: true },
    ],
  },
];

const documents = generateDocuments(APPS);

function textOf(path: string): string {
  const document = documents.find((candidate) => candidate.path === path);
  if (document === undefined) throw new Error(`${path} is not generated`);
  return document.text;
}

/** The rules of the specification itself, by the validator of `@redocly/cli`; it knows OpenAPI and AsyncAPI. */
async function violations(path: string, text: string): Promise<string[]> {
  const config = await createConfig({ extends: ['spec'] });
  const problems = await lintFromString({ source: text, absoluteRef: path, config });
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe('the generated documents', () => {
  it.each(['docs/openapi.json', 'docs/asyncapi.json'])('hold a valid %s', async (path) => {
    expect(await violations(path, textOf(path))).toEqual([]);
  });

  it.each([
    ['docs/openapi.json', '"in": "query"', '"in": "qery"'],
    ['docs/openapi.json', '#/components/schemas/Health', '#/components/schemas/Wealth'],
    ['docs/asyncapi.json', '"action": "send"', '"action": "sned"'],
    ['docs/asyncapi.json', '#/components/messages/ack', '#/components/messages/ick'],
  ])('are judged by a validator that can fail: %s with %s broken', async (path, right, wrong) => {
    const broken = textOf(path).replace(right, wrong);
    expect(broken).not.toBe(textOf(path));
    expect(await violations(path, broken)).not.toEqual([]);
  });

  it('name every error, key, parameter, message and variable', () => {
    const missing = (path: string, names: readonly string[]) =>
      names.filter((name) => !textOf(path).includes(`\`${name}\``));
    expect(missing('docs/errors.md', Object.keys(ERROR_TABLE))).toEqual([]);
    expect(
      missing(
        'docs/redis-keys.md',
        REDIS_KEYS.map(({ name }) => name),
      ),
    ).toEqual([]);
    expect(missing('docs/protocol.md', Object.keys(sessionConfigSchema.shape))).toEqual([]);
    expect(
      missing(
        'docs/protocol.md',
        serverMessageSchema.options.map((schema) => schema.shape.type.value),
      ),
    ).toEqual([]);
    expect(missing('docs/configuration.md', ['PORT', 'STT_KEY'])).toEqual([]);
  });

  it('have tables in which every line has as many cells as the head, whatever stands in the cells', () => {
    const pages = documents.filter(({ path }) => path.endsWith('.md'));
    expect(pages).toHaveLength(4);
    for (const { path, text } of pages) {
      for (const lines of tablesOf(text)) {
        const counts = new Set(lines.map((line) => line.replaceAll('\\|', '').split('|').length));
        expect({ path, head: lines[0], counts: [...counts] }).toMatchObject({ counts: [expect.any(Number)] });
      }
    }
  });

  it('say which variables are required and which are secret', () => {
    expect(textOf('docs/configuration.md')).toContain('| `STT_KEY` | **required** | text | Key. Secret. |');
  });

  it('are stale when a file is missing or differs in one character, and not otherwise', () => {
    const tree = new Map(documents.map(({ path, text }) => [path, text]));
    const stale = () => staleDocuments(documents, (path) => tree.get(path));
    expect(stale()).toEqual([]);
    tree.delete('docs/errors.md');
    tree.set('docs/protocol.md', `${textOf('docs/protocol.md')} `);
    expect(stale()).toEqual(['docs/protocol.md', 'docs/errors.md']);
  });
});

/** Runs of lines that begin with a bar. */
function tablesOf(text: string): string[][] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line.startsWith('|')))
    .filter((lines) => lines.length > 0);
}
