import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { UnusableProvidersError } from './recognition/open-providers.ts';
import { describeStartFailure } from './start-failure.ts';

describe('a failed start', () => {
  it('tells a Redis that is away from a model that is damaged', () => {
    const away = describeStartFailure(new SttError('storage_unavailable', 'Redis cannot be reached.'));
    const damaged = describeStartFailure(new UnusableProvidersError(['Provider local: The model is truncated.']));
    expect([away?.exitCode, damaged?.exitCode]).toEqual([69, 78]);
    expect(away?.sentence).toBe('Redis cannot be reached. REDIS_URL says where it is.');
    expect(damaged?.sentence).toMatch(/^Provider local: The model is truncated\. STT_PROVIDERS/);
  });

  it('leaves a defect its stack', () => {
    expect(describeStartFailure(new TypeError('x is not a function'))).toBeUndefined();
  });
});
