import { describe, expect, it } from '@jest/globals';
import { createStorageWatch } from './storage-watch.ts';

describe('createStorageWatch', () => {
  it('is down from the first lost connection until the last is back', () => {
    let nowMs = 100;
    const watch = createStorageWatch(() => nowMs);
    expect(watch.downSinceMs).toBeUndefined();
    watch.see({ type: 'disconnected', connection: 'commands', reason: 'x' });
    nowMs = 200;
    watch.see({ type: 'disconnected', connection: 'subscriber', reason: 'x' });
    expect(watch.downSinceMs).toBe(100);
    watch.see({ type: 'connected', connection: 'commands' });
    expect(watch.downSinceMs).toBe(100);
    watch.see({ type: 'connected', connection: 'subscriber' });
    expect(watch.downSinceMs).toBeUndefined();
  });

  it('is not fresh from a silent subscription until the subscriber is connected anew', () => {
    const watch = createStorageWatch(() => 0);
    watch.see({ type: 'subscription_silent', silentMs: 12_000 });
    watch.see({ type: 'disconnected', connection: 'subscriber', reason: 'x' });
    expect(watch.isSubscriptionFresh).toBe(false);
    watch.see({ type: 'connected', connection: 'subscriber' });
    expect(watch.isSubscriptionFresh).toBe(true);
  });

  it('stays fresh when Redis is away altogether, which every replica sees at once', () => {
    const watch = createStorageWatch(() => 0);
    watch.see({ type: 'subscription_silent', silentMs: 12_000 });
    watch.see({ type: 'disconnected', connection: 'commands', reason: 'x' });
    expect(watch.isSubscriptionFresh).toBe(true);
  });
});
