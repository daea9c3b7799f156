import { describe, expect, it } from '@jest/globals';
import { loadConfiguration } from '@verbatim/observability';
import { jobsVariablesSchema, toJobsConfig } from './config.ts';

function load(env: Record<string, string>) {
  const loaded = loadConfiguration(jobsVariablesSchema, env);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return toJobsConfig(loaded.config);
}

describe('the configuration of the jobs process', () => {
  it('needs nothing', () => {
    expect(load({})).toMatchObject({ port: 8090, keyPrefix: 'stt', shards: 16, reapMs: 5000, stuckAfterMs: 60_000 });
  });

  it('takes no queue for stuck that is only slow by order', () => {
    expect(load({ STT_REAP_MS: '600000' }).stuckAfterMs).toBe(1_800_000);
    expect(load({ STT_REAP_MS: '200', STT_JOBS_STUCK_MS: '2000' }).stuckAfterMs).toBe(2000);
  });

  it('reports every problem at once, and what was meant', () => {
    const loaded = loadConfiguration(jobsVariablesSchema, {
      STT_REAP_MS: '0',
      STT_JOB_PORT: '1',
      REDIS_URL: 'localhost',
    });
    const problems = loaded.ok ? [] : loaded.problems;
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).toMatch(/STT_JOB_PORT.*STT_JOBS_PORT/);
  });
});
