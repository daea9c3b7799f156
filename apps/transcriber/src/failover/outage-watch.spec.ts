import { describe, expect, it } from '@jest/globals';
import { RecognizerError } from '@verbatim/recognizers';
import { createFakeClock } from '@verbatim/testing';
import { createOutageWatch, TELL_CLIENT_AFTER_MS } from './outage-watch.ts';

const refused = new RecognizerError('wrong key', { failure: 'unauthorized' });
const away = new RecognizerError('no answer', { failure: 'timeout' });

describe('the watch over a recogniser that refuses to work', () => {
  it('lets the client know after a minute, and again after the next', async () => {
    const clock = createFakeClock();
    const watch = createOutageWatch(() => clock.nowMs());
    const told = [watch.failed(refused)];
    for (let step = 0; step < 4; step += 1) {
      await clock.advance(TELL_CLIENT_AFTER_MS / 2);
      told.push(watch.failed(refused));
    }
    expect(told).toEqual([false, false, true, false, true]);
  });

  it('begins anew with each answer', async () => {
    const clock = createFakeClock();
    const watch = createOutageWatch(() => clock.nowMs());
    watch.failed(refused);
    await clock.advance(TELL_CLIENT_AFTER_MS);
    watch.recognized();
    expect(watch.failed(refused)).toBe(false);
  });

  it('waits for as long as it takes for what may pass by itself', async () => {
    const clock = createFakeClock();
    const watch = createOutageWatch(() => clock.nowMs());
    watch.failed(away);
    await clock.advance(10 * TELL_CLIENT_AFTER_MS);
    expect(watch.failed(away)).toBe(false);
  });
});
