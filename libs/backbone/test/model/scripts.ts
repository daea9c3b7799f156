import { answerChunkScript } from '../../src/scripts/answer-chunk.ts';
import { appendScript } from '../../src/scripts/append.ts';
import { beginChunkScript } from '../../src/scripts/begin-chunk.ts';
import { claimScript } from '../../src/scripts/claim.ts';
import { commitScript } from '../../src/scripts/commit.ts';
import { deleteScript } from '../../src/scripts/delete.ts';
import { detachScript } from '../../src/scripts/detach.ts';
import { expireScript } from '../../src/scripts/expire.ts';
import { keepAliveScript } from '../../src/scripts/keep-alive.ts';
import { openScript } from '../../src/scripts/open.ts';
import { releaseScript } from '../../src/scripts/release.ts';
import { renewScript } from '../../src/scripts/renew.ts';
import { resumeScript } from '../../src/scripts/resume.ts';
import { takeChunkScript } from '../../src/scripts/take-chunk.ts';

/** The scripts under test, as they ship. A mutant takes the place of one of them. */
export const SHIPPED_SCRIPTS = {
  answerChunk: answerChunkScript,
  append: appendScript,
  beginChunk: beginChunkScript,
  claim: claimScript,
  commit: commitScript,
  delete: deleteScript,
  detach: detachScript,
  expire: expireScript,
  keepAlive: keepAliveScript,
  open: openScript,
  release: releaseScript,
  renew: renewScript,
  resume: resumeScript,
  takeChunk: takeChunkScript,
};

export type Scripts = typeof SHIPPED_SCRIPTS;
export type ScriptName = keyof Scripts;

/** One textual change of one script. */
export interface Mutation {
  readonly script: ScriptName;
  readonly find: string;
  readonly replace: string;
}

/**
 * The scripts with one of them changed. It gets a name of its own, because bindings remember what they compiled by name.
 * @throws Error when the text is not there exactly once: the script was rewritten, and so must be the mutant
 */
export function mutate({ script, find, replace }: Mutation, label: string): Scripts {
  const { lua } = SHIPPED_SCRIPTS[script];
  if (lua.split(find).length !== 2) throw new Error(`${script}.lua does not contain this exactly once: ${find}`);
  // a replacement may hold $ signs
  const mutated = { ...SHIPPED_SCRIPTS[script], name: `${script}: ${label}`, lua: lua.replace(find, () => replace) };
  return { ...SHIPPED_SCRIPTS, [script]: mutated };
}
