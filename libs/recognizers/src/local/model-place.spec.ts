import { describe, expect, it } from '@jest/globals';
import { localModelFolder } from './model-place.ts';

describe('the place of a local model', () => {
  it.each([
    [undefined, '/cache/models/moonshine-tiny-en'],
    ['whisper-base', '/cache/models/whisper-base'],
    ['whisper-tiny.en', '/cache/models/whisper-tiny.en'],
    ['./whisper-base', './whisper-base'],
    ['/srv/models/mine', '/srv/models/mine'],
    ['C:\\models\\mine', 'C:\\models\\mine'],
    ['..', '..'],
  ])('named %s is %s', (named, folder) => {
    expect(localModelFolder(named, '/cache/models')).toBe(folder);
  });
});
