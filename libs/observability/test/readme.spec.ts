import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { startProcess } from './readme-example.ts';

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the example of the README', () => {
  it('is the code that is compiled here', () => {
    const code = textOf('./readme-example.ts').replace('../src/index.ts', '@verbatim/observability');
    expect(textOf('../README.md')).toContain(code);
  });

  it('starts a process that is ready and has its configuration', () => {
    const { config, health, shutdown } = startProcess({ STT_DRAIN_MS: '50' }, []);
    expect(config.STT_DRAIN_MS).toBe(50);
    expect(health.readyz().httpStatus).toBe(200);
    expect(shutdown.isShuttingDown).toBe(false);
    process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
  });
});
