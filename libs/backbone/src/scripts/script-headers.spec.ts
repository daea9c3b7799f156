import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { answerChunkScript } from './answer-chunk.ts';
import { appendScript } from './append.ts';
import { audioStandingScript } from './audio-standing.ts';
import { beginChunkScript } from './begin-chunk.ts';
import { claimScript } from './claim.ts';
import { commitScript } from './commit.ts';
import { deleteScript } from './delete.ts';
import { detachScript } from './detach.ts';
import { dueScript } from './due.ts';
import { expireScript } from './expire.ts';
import { healScript } from './heal.ts';
import { keepAliveScript } from './keep-alive.ts';
import { openScript } from './open.ts';
import { releaseScript } from './release.ts';
import { renewScript } from './renew.ts';
import { resumeScript } from './resume.ts';
import { takeChunkScript } from './take-chunk.ts';

interface AnyScript {
  readonly name: string;
  readonly lua: string;
  readonly flags: readonly string[];
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly moreKeys?: readonly string[];
  readonly moreArgs?: readonly string[];
}

const SCRIPTS: readonly AnyScript[] = [
  ...[
    appendScript,
    audioStandingScript,
    claimScript,
    commitScript,
    deleteScript,
    detachScript,
    dueScript,
    expireScript,
  ],
  ...[healScript, keepAliveScript, openScript, releaseScript, renewScript, resumeScript],
  ...[answerChunkScript, beginChunkScript, takeChunkScript],
];

/** Names in the comment table: numbered ones must stand in order, `…` ones are the repeated rest. */
function headerOf(lua: string, table: 'KEYS' | 'ARGV') {
  const rows = [...lua.matchAll(new RegExp(`^-- ${table} (\\d+|…) +(\\w+)`, 'gm'))];
  const numbered = rows.filter(([, position]) => position !== '…');
  return {
    positions: numbered.map(([, position]) => Number(position)),
    names: numbered.map(([, , name]) => name),
    more: rows.filter(([, position]) => position === '…').map(([, , name]) => name),
  };
}

/** Names the Lua code really gives to the first keys or arguments. */
function unpackedNames(lua: string, table: 'KEYS' | 'ARGV') {
  const match = new RegExp(`^local ([\\w, ]+) = unpack\\(${table}(?:, 1, (\\d+))?\\)$`, 'm').exec(lua);
  const names = match?.[1]?.split(', ') ?? [];
  return { names, limit: match?.[2] === undefined ? undefined : Number(match[2]) };
}

describe('a script', () => {
  it('stands in three files with one name', () => {
    const files = readdirSync(import.meta.dirname);
    const luaNames = files.filter((file) => file.endsWith('.lua')).map((file) => file.replace('.lua', ''));
    expect(SCRIPTS.map(({ name }) => name).sort()).toEqual(luaNames.sort());
    for (const name of luaNames) expect(files).toEqual(expect.arrayContaining([`${name}.ts`, `${name}.redis.spec.ts`]));
  });

  for (const script of SCRIPTS) {
    for (const [table, names, more] of [
      ['KEYS', script.keys, script.moreKeys ?? []],
      ['ARGV', script.args, script.moreArgs ?? []],
    ] as const) {
      it(`${script.name}: header, unpack line and binding name the same ${table} in the same order`, () => {
        const header = headerOf(script.lua, table);
        const unpacked = unpackedNames(script.lua, table);
        expect(header.names).toEqual(names);
        expect(header.positions).toEqual(names.map((_, index) => index + 1));
        expect(header.more).toEqual(more);
        expect(unpacked.names).toEqual(names);
        expect(unpacked.limit ?? names.length).toBe(names.length);
      });
    }

    it(`${script.name}: opens with its name, its flags and its reply`, () => {
      expect(script.lua).toMatch(new RegExp(`^-- ${script.name}: `));
      expect(/^-- FLAGS (.+)$/m.exec(script.lua)?.[1]).toBe(script.flags.join(',') || 'none');
      expect(script.lua).toMatch(/^-- Reply: /m);
    });
  }
});
