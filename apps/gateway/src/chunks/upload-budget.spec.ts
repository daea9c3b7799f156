import { expect, it } from '@jest/globals';
import { UploadBudget } from './upload-budget.ts';

it('lets uploads in up to its bytes and its requests, and again when one is over', () => {
  const budget = new UploadBudget({ memoryBytes: 100, mostRequests: 3 });
  const [first, second] = [budget.reserve(60), budget.reserve(40)];
  expect([first, second].map((reservation) => reservation !== undefined)).toEqual([true, true]);
  expect(budget.reserve(1)).toBeUndefined();
  first?.release();
  first?.release();
  expect(budget.reserve(61)).toBeUndefined();
  expect([budget.reserve(30), budget.reserve(30)].every((reservation) => reservation !== undefined)).toBe(true);
  expect(budget.reserve(0)).toBeUndefined();
  expect(budget.requests).toBe(3);
});

it('lets one upload in that is larger than its bytes while there is no other', () => {
  const budget = new UploadBudget({ memoryBytes: 100, mostRequests: 3 });
  const reservation = budget.reserve(1000);
  expect(reservation).toBeDefined();
  expect(budget.reserve(1)).toBeUndefined();
});
