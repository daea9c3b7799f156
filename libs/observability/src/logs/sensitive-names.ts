/** Fields that prove who somebody is. Redacted whatever their value. */
const CREDENTIALS = new Set(['authorization', 'cookie', 'credential', 'password', 'secret', 'signature', 'token']);

/** Fields that carry speech or what was said. A number or boolean under such a name is a count or a flag and may be shown. */
const CONTENT = new Set([
  'alternatives',
  'audio',
  'body',
  'buffer',
  'checkpoint',
  'chunk',
  'data',
  'frame',
  'hypotheses',
  'hypothesis',
  'json',
  'payload',
  'pcm',
  'samples',
  'segments',
  'tail',
  'text',
  'transcript',
  'transcription',
  'word',
  'words',
]);

export type Sensitivity = 'credential' | 'content' | 'none';

/**
 * Judges a field by the last word of its name, so that `resume_token`, `resumeToken` and `finalText` are caught while
 * `tokenCount`, `audio_ms` and `context` are not.
 */
export function sensitivityOf(name: string): Sensitivity {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const last = words.at(-1) ?? '';
  const isApiKey = last === 'apikey' || (last === 'key' && words.at(-2) === 'api');
  if (isApiKey || CREDENTIALS.has(last) || CREDENTIALS.has(last.replace(/s$/, ''))) return 'credential';
  return CONTENT.has(last) ? 'content' : 'none';
}
