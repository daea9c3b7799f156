import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeConfiguration } from './describe-configuration.ts';

describe('describeConfiguration', () => {
  it('reads name, words, default and allowed values out of the schema, in its order', () => {
    const schema = z.object({
      STT_LEASE_MS: z.int().min(500).default(2000).describe('Lease, in milliseconds.'),
      STT_PROVIDERS: z
        .array(z.enum(['local', 'google']))
        .describe('The chain.')
        .default(['local']),
      STT_API_TOKEN: z.string().meta({ secret: true, description: 'Key.' }),
      STT_LOCAL_MODEL: z.string().optional().describe('Model folder.'),
      STT_WORDS: z.boolean().default(false),
    });
    expect(describeConfiguration(schema)).toEqual([
      {
        name: 'STT_LEASE_MS',
        description: 'Lease, in milliseconds.',
        allowed: 'a whole number from 500',
        default: '2000',
        isRequired: false,
        isSecret: false,
      },
      {
        name: 'STT_PROVIDERS',
        description: 'The chain.',
        allowed: 'a comma-separated list of: local, google',
        default: 'local',
        isRequired: false,
        isSecret: false,
      },
      { name: 'STT_API_TOKEN', description: 'Key.', allowed: 'text', isRequired: true, isSecret: true },
      { name: 'STT_LOCAL_MODEL', description: 'Model folder.', allowed: 'text', isRequired: false, isSecret: false },
      {
        name: 'STT_WORDS',
        description: '',
        allowed: 'true, false',
        default: 'false',
        isRequired: false,
        isSecret: false,
      },
    ]);
  });

  it('sees a secret and a default through further wrapping', () => {
    const schema = z.object({
      STT_KEY: z
        .string()
        .meta({ secret: true })
        .default('none')
        .transform((key) => key.trim()),
    });
    expect(describeConfiguration(schema)).toMatchObject([{ isSecret: true, default: 'none' }]);
  });
});
