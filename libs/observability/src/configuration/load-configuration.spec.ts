import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { loadConfiguration } from './load-configuration.ts';

const schema = z
  .object({
    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\/./, 'an address such as redis://127.0.0.1:6379')
      .default('redis://127.0.0.1:6379'),
    PORT: z.int().min(0).max(65_535).default(8080),
    STT_LEASE_MS: z.int().min(500).max(60_000).default(2000),
    STT_RENEW_MS: z.int().min(100).default(500),
    STT_LOG_LEVEL: z.enum(['debug', 'info']).default('info'),
    STT_PROVIDERS: z.array(z.enum(['local', 'whisper'])).default(['local']),
    STT_WORDS: z.boolean().default(false),
    STT_API_TOKEN: z.string().min(8).optional().meta({ secret: true }),
    STT_LOCAL_MODEL: z.string().min(1).optional(),
  })
  .refine((config) => config.STT_RENEW_MS * 2 <= config.STT_LEASE_MS, {
    path: ['STT_RENEW_MS'],
    message: 'must be at most half of STT_LEASE_MS, or one late renewal loses every session',
  });

const files = (contents: Record<string, string>) => ({
  readFile: (path: string) => {
    const content = contents[path];
    if (content === undefined) throw new Error('ENOENT');
    return content;
  },
});

function problemsOf(env: Record<string, string>, sources = {}): string[] {
  const loaded = loadConfiguration(schema, env, sources);
  return loaded.ok ? [] : loaded.problems;
}

describe('loadConfiguration', () => {
  it('gives every default to an empty environment, and ignores variables that are not ours', () => {
    expect(loadConfiguration(schema, { PATH: '/bin', HOME: '/home/v' })).toEqual({
      ok: true,
      config: {
        REDIS_URL: 'redis://127.0.0.1:6379',
        PORT: 8080,
        STT_LEASE_MS: 2000,
        STT_RENEW_MS: 500,
        STT_LOG_LEVEL: 'info',
        STT_PROVIDERS: ['local'],
        STT_WORDS: false,
      },
    });
  });

  it('reads numbers, booleans and lists out of text', () => {
    const env = { PORT: '0', STT_LEASE_MS: '3000', STT_WORDS: 'true', STT_PROVIDERS: 'whisper, local' };
    expect(loadConfiguration(schema, env)).toMatchObject({
      ok: true,
      config: { PORT: 0, STT_LEASE_MS: 3000, STT_WORDS: true, STT_PROVIDERS: ['whisper', 'local'] },
    });
  });

  it('takes an empty variable for an unset one, as compose files write it', () => {
    expect(loadConfiguration(schema, { PORT: '', STT_API_TOKEN: '' })).toMatchObject({
      ok: true,
      config: { PORT: 8080 },
    });
  });

  it.each([
    [{ PORT: '80a' }, 'PORT: "80a" is not allowed; allowed: a whole number from 0 to 65535'],
    [{ PORT: '65536' }, 'PORT: "65536" is not allowed'],
    [{ PORT: '80.5' }, 'PORT: "80.5" is not allowed'],
    [{ PORT: '0x50' }, 'PORT: "0x50" is not allowed'],
    [{ PORT: ' 80' }, 'PORT: " 80" is not allowed'],
    [{ STT_LEASE_MS: '499' }, 'a whole number from 500 to 60000'],
    [{ STT_WORDS: 'yes' }, 'STT_WORDS: "yes" is not allowed; allowed: true, false'],
    [{ STT_LOG_LEVEL: 'loud' }, 'allowed: debug, info'],
    [
      { STT_PROVIDERS: 'local,siri' },
      'STT_PROVIDERS: "local,siri" is not allowed; allowed: a comma-separated list of: local, whisper',
    ],
    [
      { REDIS_URL: 'localhost' },
      'REDIS_URL: "localhost" is not allowed; allowed: an address such as redis://127.0.0.1:6379',
    ],
    [{ STT_RENEW_MS: '1500' }, 'STT_RENEW_MS: must be at most half of STT_LEASE_MS'],
    [{ STT_LEASE: '2000' }, 'STT_LEASE is unknown: did you mean STT_LEASE_MS?'],
    [{ STT_XYZZY_PLUGH: '1' }, 'STT_XYZZY_PLUGH is unknown; remove it'],
    [{ STT_API_TOKEN_FILE: '/run/none' }, 'STT_API_TOKEN_FILE: cannot read "/run/none"'],
    [
      { STT_API_TOKEN: 'abcdefgh', STT_API_TOKEN_FILE: '/run/token' },
      'STT_API_TOKEN and STT_API_TOKEN_FILE are both set',
    ],
  ])('refuses %j with a sentence that helps', (env, sentence) => {
    expect(problemsOf(env as Record<string, string>, files({ '/run/token': 'x' })).join('\n')).toContain(sentence);
  });

  it('reports every problem at once', () => {
    const problems = problemsOf({ PORT: 'x', STT_LEASE_MS: '1', STT_WORDS: 'no', STT_LEAS_MS: '5' });
    expect(problems).toHaveLength(4);
    expect(problems.map((problem) => problem.split(/[: ]/)[0]).sort()).toEqual(
      ['PORT', 'STT_LEASE_MS', 'STT_LEAS_MS', 'STT_WORDS'].sort(),
    );
  });

  it('says that a required variable is missing', () => {
    const required = z.object({ STT_SHARDS: z.int().min(1).max(100) });
    expect(loadConfiguration(required, {})).toEqual({
      ok: false,
      problems: ['STT_SHARDS is not set; set it to: a whole number from 1 to 100'],
    });
  });

  it('accepts the variables of the other processes, so that one environment file serves the fleet', () => {
    expect(problemsOf({ STT_CAPACITY: '4', STT_VAD_MODEL: '/models/vad.onnx' })).toEqual([]);
  });

  it('reads a secret from the file that NAME_FILE names, without its trailing line end', () => {
    const sources = files({ '/run/secrets/token': 'longenough\n' });
    expect(loadConfiguration(schema, { STT_API_TOKEN_FILE: '/run/secrets/token' }, sources)).toMatchObject({
      ok: true,
      config: { STT_API_TOKEN: 'longenough' },
    });
  });

  it('never quotes a secret or a password in a problem', () => {
    const env = { STT_API_TOKEN: 'hunter2', REDIS_URL: 'http://user:hunter2@host' };
    const text = problemsOf(env).join('\n');
    expect(text).toContain('STT_API_TOKEN: its value is not allowed');
    expect(text).toContain('http://user:***@host');
    expect(text).not.toContain('hunter2');
  });
});
