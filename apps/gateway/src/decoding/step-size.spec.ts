import { expect, it } from '@jest/globals';
import { createStepSize } from './step-size.ts';

it('grows while little audio comes of it, shrinks when much does, and begins anew after a step that was too much', () => {
  const size = createStepSize();
  expect(size.bytes).toBe(64);
  for (let step = 0; step < 10; step += 1) size.note(1600);
  expect(size.bytes).toBe(4096);
  size.note(30 * 16_000);
  expect(size.bytes).toBe(2048);
  size.note(10 * 16_000);
  expect(size.bytes).toBe(2048);
  for (let step = 0; step < 10; step += 1) size.note(60 * 16_000);
  expect(size.bytes).toBe(64);
  size.note(1600);
  size.reset();
  expect(size.bytes).toBe(64);
});
