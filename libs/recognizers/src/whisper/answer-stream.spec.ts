import { describe, expect, it, jest } from '@jest/globals';
import { collectAnswer } from './answer-stream.ts';

async function* streamOf(...events: readonly unknown[]): AsyncGenerator<unknown> {
  yield* events;
}

const delta = (text: string, logprob = -0.1) => ({
  type: 'transcript.text.delta',
  delta: text,
  logprobs: [{ logprob }],
});

describe('a streamed answer', () => {
  it('is whole with its end, which repeats the text', async () => {
    const onPart = jest.fn();
    const end = { type: 'transcript.text.done', text: 'Good morning. ', usage: { output_tokens: 4 } };
    const answer = await collectAnswer(streamOf(delta('Good'), delta(' mor', -0.3), end), onPart);
    expect(answer).toEqual({ text: 'Good morning.', tokenLogprobs: [-0.1, -0.3], tokenCount: 4 });
    expect(onPart).toHaveBeenCalledTimes(3);
  });

  it('is put together from its parts where the end repeats nothing', async () => {
    const parts = [
      delta(' Good'),
      { type: 'transcript.text.segment' },
      delta(' day'),
      { type: 'transcript.text.done' },
    ];
    expect((await collectAnswer(streamOf(...parts), () => undefined)).text).toBe('Good day');
  });

  it("takes the end's log-probabilities, which cover all", async () => {
    const end = { type: 'transcript.text.done', text: 'Good', logprobs: [{ logprob: -0.7 }, { token: 'x' }] };
    expect((await collectAnswer(streamOf(delta('Good'), end), () => undefined)).tokenLogprobs).toEqual([-0.7]);
  });

  it.each([
    ['breaks off', [delta('Good')], 'broke off'],
    ['is empty', [], 'broke off'],
    ['does not end', Array.from({ length: 300 }, () => delta('la '.repeat(100))), 'does not end'],
  ])('that %s is a failure', async (_, events, reason) => {
    await expect(collectAnswer(streamOf(...events), () => undefined)).rejects.toThrow(reason);
  });

  it.each([[null], ['text'], [{ type: 7 }], [{ type: 'transcript.text.delta', delta: 7 }]])(
    'with the part %j is a failure',
    async (part) => {
      await expect(collectAnswer(streamOf(part), () => undefined)).rejects.toThrow();
    },
  );
});
