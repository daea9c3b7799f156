import { describe, expect, it } from '@jest/globals';
import { probeSchema } from '@verbatim/protocol';
import { createHealth } from './health.ts';

describe('createHealth', () => {
  it('is alive from the first moment, ready and started only when told', () => {
    const health = createHealth();
    expect(health.livez().httpStatus).toBe(200);
    expect(health.startupz()).toEqual({
      httpStatus: 503,
      body: { status: 'unavailable', checks: { started: { ok: false, reason: 'still starting' } } },
    });
    expect(health.readyz().httpStatus).toBe(503);
    health.markStarted();
    expect(health.startupz().httpStatus).toBe(200);
    expect(health.readyz()).toMatchObject({ httpStatus: 200, body: { status: 'ok' } });
  });

  it('is not ready while it drains, but alive and started', () => {
    const health = createHealth();
    health.markStarted();
    health.markDraining();
    expect(health.readyz()).toMatchObject({ httpStatus: 503, body: { checks: { draining: { ok: false } } } });
    expect([health.livez().httpStatus, health.startupz().httpStatus]).toEqual([200, 200]);
  });

  it('names the check that fails and why, and recovers by itself', () => {
    const health = createHealth();
    let reason: string | undefined = 'no message for 21 s';
    health.markStarted();
    health.addCheck('subscription', () => reason);
    expect(health.readyz().body.checks).toMatchObject({ subscription: { ok: false, reason: 'no message for 21 s' } });
    expect(health.livez().httpStatus).toBe(200);
    reason = undefined;
    expect(health.readyz().httpStatus).toBe(200);
  });

  it('answers even when a check throws, and tells nothing of the error', () => {
    const health = createHealth();
    health.markStarted();
    health.addCheck('load', () => {
      throw new Error('ECONNREFUSED 10.0.0.7');
    });
    expect(health.readyz()).toMatchObject({ httpStatus: 503, body: { checks: { load: { ok: false } } } });
    expect(JSON.stringify(health.readyz())).not.toContain('ECONNREFUSED');
  });

  it('answers in the shape of the protocol', () => {
    const { body } = createHealth().readyz();
    expect(probeSchema.parse(body)).toEqual(body);
  });
});
