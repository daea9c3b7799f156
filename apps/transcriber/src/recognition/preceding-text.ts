/** Whisper reads the last 224 tokens of a prompt, and the sentence or two before say all that helps. Units: characters. */
const LONGEST_PRECEDING_CHARACTERS = 200;

/**
 * Puts a final behind the text before it and keeps the end, from a word's beginning on: what a recogniser that takes a prompt is told of
 * the conversation, so that names and spelling stay as they were.
 */
export function precedingTextAfter(preceding: string, finalText: string): string {
  const text = `${preceding} ${finalText.trim()}`.trim();
  if (text.length <= LONGEST_PRECEDING_CHARACTERS) return text;
  const end = text.slice(-LONGEST_PRECEDING_CHARACTERS);
  const isWholeWord = /\s$/u.test(text.slice(0, -LONGEST_PRECEDING_CHARACTERS));
  const firstBlank = end.search(/\s/u);
  // A script without blanks has no word to cut, only a surrogate pair.
  return isWholeWord || firstBlank < 0 ? end.replace(/^[\uDC00-\uDFFF]/, '') : end.slice(firstBlank).trim();
}
