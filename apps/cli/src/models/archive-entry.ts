import type { Header } from 'tar-stream';

/** What is done with one entry of an archive. */
export type EntryDecision =
  /** Its content becomes a file of this name. */
  | { readonly kind: 'keep'; readonly fileName: string }
  | { readonly kind: 'leave' }
  /** No honest archive has it. */
  | { readonly kind: 'refuse'; readonly reason: string };

/** A model's files lie directly in the archive's folder; what is deeper are recordings to try it with. */
const DEEPEST_KEPT = 2;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** Decides what becomes of an entry: only plain files are ever made, and only inside. Pure. */
export function decideEntry({ name, type, linkname }: Pick<Header, 'name' | 'type' | 'linkname'>): EntryDecision {
  const problem = problemOf(name);
  if (problem !== undefined) return { kind: 'refuse', reason: `${JSON.stringify(name)} ${problem}` };
  const parts = partsOf(name);
  switch (type) {
    case 'file':
    case 'contiguous-file': {
      const fileName = parts.at(-1);
      return fileName !== undefined && parts.length <= DEEPEST_KEPT ? { kind: 'keep', fileName } : { kind: 'leave' };
    }
    case 'link':
    case 'symlink':
      return leadsOut(parts, linkname, type)
        ? { kind: 'refuse', reason: `${JSON.stringify(name)} is a link that leads out of it` }
        : { kind: 'leave' };
    case 'character-device':
    case 'block-device':
    case 'fifo':
      return { kind: 'refuse', reason: `${JSON.stringify(name)} is a ${type}` };
    case 'directory':
      return { kind: 'leave' };
  }
}

function problemOf(name: string): string | undefined {
  if (CONTROL_CHARACTER.test(name)) return 'has control characters';
  if (isAbsolute(name)) return 'is an absolute path';
  if (name.includes('\\')) return 'has a backslash';
  return name.split('/').includes('..') ? 'leads out of it' : undefined;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:/.test(path);
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** A symbolic link is followed from its own folder, a hard one from the archive's. */
function leadsOut(parts: readonly string[], target: string, type: 'link' | 'symlink'): boolean {
  if (isAbsolute(target) || target.includes('\\')) return true;
  let depth = type === 'symlink' ? parts.length - 1 : 0;
  for (const part of partsOf(target)) {
    depth += part === '..' ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}
