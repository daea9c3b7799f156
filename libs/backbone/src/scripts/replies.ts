/** A script's reply that is a list of texts. @throws TypeError */
export function textList(reply: unknown): readonly string[] {
  if (Array.isArray(reply) && reply.every((item) => typeof item === 'string')) return reply;
  throw new TypeError('a script replied something that is not a list of texts');
}

/** A script's reply that is one of a few words. @throws TypeError */
export function oneOf<const Word extends string>(words: readonly Word[], reply: unknown): Word {
  const word = words.find((candidate) => candidate === reply);
  if (word === undefined) throw new TypeError(`a script replied something that is none of ${words.join(', ')}`);
  return word;
}
