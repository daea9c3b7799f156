import { describe, expect, it } from '@jest/globals';
import { checkNode } from './check-node.ts';

describe('checkNode', () => {
  it.each([
    ['20.11.0', 'ok'],
    ['22.1.0', 'ok'],
    ['20.10.9', 'fail'],
    ['18.20.0', 'fail'],
  ])('judges %s as %s', (version, status) => {
    expect(checkNode(version).status).toBe(status);
  });
});
