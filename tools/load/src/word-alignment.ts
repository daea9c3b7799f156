/** Words as they are compared: lower case, without punctuation, numbers and abbreviations left alone. */
export function comparableWords(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[’']/g, "'")
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .split(' ')
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .filter((word) => word !== '');
}

export interface Alignment {
  /** For each word of `from`, the index of the same word in `to`, or `undefined` where it was changed or dropped. */
  readonly matches: readonly (number | undefined)[];
  /** Substitutions, insertions and deletions. */
  readonly distance: number;
}

/** Aligns two word lists by edit distance (Levenshtein, unit costs). */
export function alignWords(from: readonly string[], to: readonly string[]): Alignment {
  const rows = distanceTable(from, to);
  const matches: (number | undefined)[] = from.map(() => undefined);
  let row = from.length;
  let column = to.length;
  while (row > 0 && column > 0) {
    const here = rows[row]?.[column] ?? 0;
    const isSame = from[row - 1] === to[column - 1];
    if (here === (rows[row - 1]?.[column - 1] ?? 0) + (isSame ? 0 : 1)) {
      if (isSame) matches[row - 1] = column - 1;
      row -= 1;
      column -= 1;
    } else if (here === (rows[row - 1]?.[column] ?? 0) + 1) row -= 1;
    else column -= 1;
  }
  return { matches, distance: rows[from.length]?.[to.length] ?? 0 };
}

function distanceTable(from: readonly string[], to: readonly string[]): number[][] {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row += 1) {
    const previous = rows[row - 1] ?? [];
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution));
    }
    rows.push(current);
  }
  return rows;
}
