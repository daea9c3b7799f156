import { describe, expect, it } from '@jest/globals';
import { RecognizerError } from '../recognizer.ts';
import { createDecodeSlots } from './decode-slots.ts';

/** Work that is over when the test says so. */
function openWork() {
  let finish: ((value: string) => void) | undefined;
  const promise = new Promise<string>((resolve) => (finish = resolve));
  const work = { isStarted: false, finish: (value: string) => finish?.(value) };
  return { ...work, state: work, run: () => ((work.isStarted = true), promise) };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('decode slots', () => {
  it('run so many at once, and the rest in order of arrival', async () => {
    const slots = createDecodeSlots(2);
    const works = [openWork(), openWork(), openWork(), openWork()];
    const started = () => works.map(({ state }) => state.isStarted);
    const answers = works.map(({ run }) => slots.run(run));
    expect(started()).toEqual([true, true, false, false]);

    works[1]?.finish('second');
    await turn();
    expect(started()).toEqual([true, true, true, false]);

    [0, 2, 3].forEach((index) => works[index]?.finish(`${index}`));
    await expect(Promise.all(answers)).resolves.toEqual(['0', 'second', '2', '3']);
  });

  it('let a waiting caller go when it aborts, and never start its work', async () => {
    const slots = createDecodeSlots(1);
    const [first, second] = [openWork(), openWork()];
    const abort = new AbortController();
    const running = slots.run(first.run);
    const waiting = slots.run(second.run, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toThrow(RecognizerError);
    first.finish('done');
    await expect(running).resolves.toBe('done');
    await turn();
    expect(second.state.isStarted).toBe(false);
  });

  it('hold the slot of an aborted decode until the engine has let go', async () => {
    const slots = createDecodeSlots(1);
    const [first, second] = [openWork(), openWork()];
    const abort = new AbortController();
    const aborted = slots.run(first.run, abort.signal);
    const next = slots.run(second.run);
    abort.abort();
    await expect(aborted).rejects.toThrow('called off');
    await turn();
    expect(second.state.isStarted).toBe(false);

    first.finish('too late');
    await turn();
    expect(second.state.isStarted).toBe(true);
    second.finish('next');
    await expect(next).resolves.toBe('next');
  });

  it('fail all at once when closed, and close when the engine has let go', async () => {
    const slots = createDecodeSlots(1);
    const [first, second] = [openWork(), openWork()];
    const answers = [slots.run(first.run), slots.run(second.run)];
    let isClosed = false;
    const closing = slots.close().then(() => (isClosed = true));
    for (const answer of answers) await expect(answer).rejects.toThrow('The recogniser is closed.');
    expect(isClosed).toBe(false);

    first.finish('too late');
    await closing;
    expect(second.state.isStarted).toBe(false);
    await expect(slots.run(openWork().run)).rejects.toThrow(RecognizerError);
  });

  it("turn the engine's failure into a retryable error, and go on", async () => {
    const slots = createDecodeSlots(1);
    const failing = slots.run(() => Promise.reject(new Error('bad shape')));
    await expect(failing).rejects.toMatchObject({ name: 'RecognizerError', isRetryable: true });
    await expect(slots.run(() => Promise.resolve('fine'))).resolves.toBe('fine');
  });
});
