import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { settledEnvironment } from '../places.mjs';
import { temporaryFolder } from './temporary-folder.fixture.ts';

describe('settledEnvironment', () => {
  it('names the cache folder in the user’s home, which need not exist yet', () => {
    const home = temporaryFolder();
    const cache = join(home, '.cache', 'verbatim');
    expect(settledEnvironment({ HOME: home })).toEqual({ HOME: home, VERBATIM_CACHE_DIR: cache });
  });

  it('takes the folder the user named', () => {
    expect(settledEnvironment({ VERBATIM_CACHE_DIR: '/somewhere' }).VERBATIM_CACHE_DIR).toBe('/somewhere');
  });

  it('keeps our cache and npm’s in the checkout for a user without a home', () => {
    // Below a file nothing can be made, whoever runs this test.
    const HOME = join(process.execPath, 'home');
    const settled = settledEnvironment({ HOME, npm_config_cache: join(HOME, '.npm') }, '/checkout');
    expect(settled.VERBATIM_CACHE_DIR).toBe('/checkout/.nx/verbatim');
    expect(settled.npm_config_cache).toBe('/checkout/.nx/verbatim/npm');
  });
});
