/** Code points that take no column: combining marks, joiners, variation selectors. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** Scripts and symbols that a terminal draws two columns wide. */
const DOUBLE_WIDTH =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;

/** Columns that a text takes on a terminal. Shape: no control characters, see {@link withoutControls}. */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += characterWidth(character);
  return columns;
}

/** Cuts a text at its beginning so that its end fits. Units: columns. */
export function tailThatFits(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const kept: string[] = [];
  let used = 1;
  for (const character of [...text].reverse()) {
    used += characterWidth(character);
    if (used > columns) break;
    kept.push(character);
  }
  return columns < 1 ? '' : `…${kept.reverse().join('')}`;
}

/** What came over the network must not move the cursor, change colours or ring the bell. */
export function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function characterWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return DOUBLE_WIDTH.test(character) ? 2 : 1;
}
