import type { Seq } from '@verbatim/protocol';
import type { AnswerRange } from '../gateway/chunk-face.ts';
import lua from './answer-chunk.lua';
import { oneOf, textList } from './replies.ts';
import { defineScript } from './script.ts';

/** Decides, once for each chunk, which finals its answer tells; `undefined` when the record is gone. */
export const answerChunkScript = defineScript({
  name: 'answer-chunk',
  lua,
  flags: ['allow-oom'],
  keys: ['session'],
  args: ['index', 'keptAnswers'],
  decode(reply): AnswerRange | undefined {
    const [word, afterSeq, upToSeq] = textList(reply);
    if (oneOf(['ANSWER', 'GONE'], word) === 'GONE') return undefined;
    return { afterSeq: Number(afterSeq) as Seq, upToSeq: Number(upToSeq) as Seq };
  },
});
