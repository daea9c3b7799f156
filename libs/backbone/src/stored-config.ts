import { sessionConfigSchema, SttError, type OpenSessionConfig } from '@verbatim/protocol';

/**
 * Reads the configuration in a session's record. One written by an older version gets the defaults of what it lacks.
 * @throws SttError `internal_error`
 */
export function decodeConfig(json: string): OpenSessionConfig {
  const { provider, ...config } = sessionConfigSchema.parse(JSON.parse(json));
  if (provider === undefined) throw SttError.from(new TypeError('a session record without a provider'));
  return { ...config, provider };
}
