import type { IncomingMessage } from 'node:http';
import { expect, it } from '@jest/globals';
import { requestIdOf } from './request-id.ts';

function idFor(given: string | string[] | undefined): string {
  return requestIdOf({ headers: { 'x-request-id': given } } as unknown as IncomingMessage);
}

it('takes over a sane id', () => {
  expect(idFor('01J-abc_9.x')).toBe('01J-abc_9.x');
});

it.each([undefined, '', 'a b', 'x"},{"level":60', 'é', 'a'.repeat(65), '\u001b[31m'])(
  'makes a new one instead of %j',
  (given) => {
    expect(idFor(given)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  },
);
