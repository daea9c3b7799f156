/** Size of Moonshine's vocabulary: Llama's 32000 tokens and 768 special ones that never appear in text. */
const TOKEN_COUNT = 32_768;

/** The vocabulary inside llama-tokenizer.js: base64 of all tokens in order of id, one a line. Read as text, never run. */
const VOCABULARY = /llama_vocab_base64\s*=\s*"([A-Za-z0-9+/=]+)"/;

/**
 * Makes the `tokens.txt` that sherpa-onnx reads for Moonshine: one line per id, base64 of the token's bytes, a space, the id.
 * In the vocabulary `<0xNN>` is one byte and `▁` is a space.
 *
 * @throws Error if the source does not hold the vocabulary.
 */
export function llamaTokens(tokenizerSource) {
  const found = VOCABULARY.exec(tokenizerSource);
  if (!found) throw new Error('llama-tokenizer.js does not hold the vocabulary in the form that was expected.');
  const tokens = Buffer.from(found[1], 'base64').toString('utf8').split('\n').slice(0, 32_000);
  const lines = [];
  for (let id = 0; id < TOKEN_COUNT; id++) {
    lines.push(`${tokenBytes(tokens[id] ?? `<special_${id}>`).toString('base64')} ${id}`);
  }
  return `${lines.join('\n')}\n`;
}

function tokenBytes(token) {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token);
  return byte ? Buffer.from([Number.parseInt(byte[1], 16)]) : Buffer.from(token.replaceAll('▁', ' '), 'utf8');
}
