import { textOf, type TextUnit } from './text-units.ts';

/** How often a run of words must repeat in a row to be a loop: people say "no no no no", recognisers say it for ever. */
const WORD_REPEATS = 5;
const PAIR_REPEATS = 4;
const LONGER_REPEATS = 3;

/** Units. Longer runs than this that repeat three times do not fit into the longest utterance. */
const LONGEST_RUN_UNITS = 20;

/** Characters. A string of up to ten, eight times in a row: a loop inside what looks like one word. */
const CHARACTER_LOOP = /([^\s]{1,10}?)\1{7}/u;

/** Finds a repetition loop and returns what stands before its second round; `undefined` where there is none. */
export function cutAtLoop(units: readonly TextUnit[]): readonly TextUnit[] | undefined {
  const cuts = [cutAtWordLoop(units), cutAtCharacterLoop(units)].flatMap((cut) => (cut === undefined ? [] : [cut]));
  return cuts.sort((a, b) => textOf(a).length - textOf(b).length)[0];
}

function cutAtWordLoop(units: readonly TextUnit[]): readonly TextUnit[] | undefined {
  const spoken = units.filter((unit) => unit.key !== '');
  let earliest: number | undefined;
  for (let runUnits = 1; runUnits <= LONGEST_RUN_UNITS; runUnits += 1) {
    const startsAt = runStart(spoken, runUnits);
    if (startsAt !== undefined) earliest = Math.min(earliest ?? Infinity, startsAt + runUnits);
  }
  const firstCut = earliest === undefined ? undefined : spoken[earliest];
  return firstCut && units.slice(0, units.indexOf(firstCut));
}

/** Where a run of `runUnits` units begins that repeats often enough. */
function runStart(spoken: readonly TextUnit[], runUnits: number): number | undefined {
  const repeats = runUnits === 1 ? WORD_REPEATS : runUnits === 2 ? PAIR_REPEATS : LONGER_REPEATS;
  let equal = 0;
  for (let index = runUnits; index < spoken.length; index += 1) {
    equal = spoken[index]?.key === spoken[index - runUnits]?.key ? equal + 1 : 0;
    if (equal === runUnits * (repeats - 1)) return index + 1 - runUnits * repeats;
  }
  return undefined;
}

function cutAtCharacterLoop(units: readonly TextUnit[]): readonly TextUnit[] | undefined {
  for (const [index, unit] of units.entries()) {
    const match = CHARACTER_LOOP.exec(unit.text);
    if (match === null) continue;
    const text = unit.text.slice(0, match.index + (match[1]?.length ?? 0));
    return [...units.slice(0, index), { ...unit, text }];
  }
  return undefined;
}
