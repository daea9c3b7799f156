import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { configurationOrExit, exitOnBadConfiguration, type ExitingProcess } from './configuration-or-exit.ts';

const schema = z.object({
  PORT: z.int().min(0).default(8080).describe('Port of HTTP.'),
  REDIS_URL: z.string().default('redis://127.0.0.1:6379'),
  STT_API_TOKEN: z.string().min(8).meta({ secret: true }).optional(),
  STT_LOCAL_MODEL: z.string().optional(),
});

class Exited extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

function run(argv: string[], env: Record<string, string>) {
  const output = { stdout: '', stderr: '' };
  const process: ExitingProcess = {
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    exit: (code) => {
      throw new Exited(code);
    },
  };
  try {
    const config = configurationOrExit(schema, { env, argv, name: 'gateway', process });
    return { ...output, config, code: undefined };
  } catch (error) {
    if (error instanceof Exited) return { ...output, config: undefined, code: error.code };
    throw error;
  }
}

describe('configurationOrExit', () => {
  it('gives the configuration and prints nothing when all is well', () => {
    expect(run([], { PORT: '9000' })).toEqual({
      config: { PORT: 9000, REDIS_URL: 'redis://127.0.0.1:6379' },
      code: undefined,
      stdout: '',
      stderr: '',
    });
  });

  it('exits 78 with all problems in one message on stderr', () => {
    const { code, stdout, stderr } = run([], { PORT: 'x', STT_PRT: '1' });
    expect(code).toBe(78);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^gateway cannot start: 2 problems in its configuration\n {2}- .*STT_PRT.*\n {2}- PORT: "x".*\n$/,
    );
  });

  it('prints the values in force with --print-config, secrets and passwords masked, and exits 0', () => {
    const env = { STT_API_TOKEN: 'hunter2hunter2', REDIS_URL: 'rediss://app:hunter2@redis.internal:6380/0' };
    const { code, stdout } = run(['--print-config'], env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      PORT: 8080,
      REDIS_URL: 'rediss://app:***@redis.internal:6380/0',
      STT_API_TOKEN: '***',
      STT_LOCAL_MODEL: null,
    });
    expect(stdout).not.toContain('hunter2');
  });

  it('still reports problems with --print-config', () => {
    expect(run(['--print-config'], { PORT: 'x' }).code).toBe(78);
  });

  it('prints the description of every variable with --print-config-docs, whatever the environment', () => {
    const { code, stdout } = run(['node', 'main.js', '--print-config-docs'], { PORT: 'x' });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'gateway',
      variables: [{ name: 'PORT', description: 'Port of HTTP.', default: '8080' }, {}, { isSecret: true }, {}],
    });
  });

  it('counts one problem as one', () => {
    const { stderr } = run([], { PORT: 'x' });
    expect(stderr).toContain('1 problem in');
  });
});

describe('exitOnBadConfiguration', () => {
  it('ends with 78 for a problem that is found later', () => {
    const written: string[] = [];
    const process: ExitingProcess = {
      stdout: { write: () => true },
      stderr: { write: (text) => written.push(text) },
      exit: (code) => {
        throw new Exited(code);
      },
    };
    const end = () => exitOnBadConfiguration('transcriber', ['STT_LOCAL_MODEL: no such folder'], process);
    expect(end).toThrow(expect.objectContaining({ code: 78 }));
    expect(written.join('')).toContain('STT_LOCAL_MODEL: no such folder');
  });
});
