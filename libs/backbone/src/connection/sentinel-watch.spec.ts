import { describe, expect, it } from '@jest/globals';
import { openSentinelWatch, parseSwitch } from './sentinel-watch.ts';

describe('the word of a Sentinel', () => {
  it('names the new master', () => {
    expect(parseSwitch('main 10.0.0.1 6379 10.0.0.2 6380', 'main')).toBe('10.0.0.2:6380');
  });

  it('is of no concern when another master was switched, or when it is cut short', () => {
    expect(parseSwitch('other 10.0.0.1 6379 10.0.0.2 6380', 'main')).toBeUndefined();
    expect(parseSwitch('main 10.0.0.1 6379', 'main')).toBeUndefined();
  });

  it('is not waited for where there are no Sentinels', () => {
    for (const url of ['redis://127.0.0.1:1', 'redis+cluster://127.0.0.1:1'])
      openSentinelWatch(url, () => undefined).close();
  });
});
