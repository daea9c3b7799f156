import { openSessionConfigSchema, type OpenSessionConfig } from '@verbatim/protocol';

/**
 * Reads the configuration in a session's record. One written by an older version gets the defaults of what it lacks.
 * @throws ZodError when it is no configuration
 */
export function decodeConfig(json: string): OpenSessionConfig {
  return openSessionConfigSchema.parse(JSON.parse(json));
}
